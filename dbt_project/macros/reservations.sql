{# How reservations are named, on bills, on entitlements and in the address of their details. #}

{# What stands before the id of a reservation order, folded: bought in Partner Center (as the API spells it, and spelt right), by a test account. #}
{% macro reservation_prefixes() -%} {{ return(['rioderid', 'riorderid', 'pctest']) }} {%- endmacro %}

{#
  The id of a reservation order as it can be compared: its last part where it is a path, without a known prefix, in
  lower case; null where nothing is left.
#}
{% macro reservation_key(column) -%}
    {{ return(adapter.dispatch('reservation_key', 'recon')(column)) }}
{%- endmacro %}

{% macro default__reservation_key(column) -%}
    nullif(
        regexp_replace(
            regexp_extract(lower(trim({{ column }})), '([^/]*)/*$', 1),
            '^({{ reservation_prefixes() | join("|") }})[-_: ]*', ''
        ),
        ''
    )
{%- endmacro %}

{# The reading that the details behind a link are in; null where the link is none to a reservation. #}
{% macro reservation_partition(customer_id, link_uri) -%}
    'reservations/' || {{ fold_guid(customer_id) }}
    {%- for part in ['artifacts', 'groups', 'lineitems', 'resource'] %}
    || '/' || {{ link_part('lower(' ~ link_uri ~ ')', part) }}
    {%- endfor %}
{%- endmacro %}
