{# Ids and words as the API spells them in many ways, brought to one spelling. #}

{# A text that means something: trimmed, and null where the wire says ''. #}
{% macro blank_to_null(column) -%} nullif(trim({{ column }}), '') {%- endmacro %}

{# A word compared without its spelling: `OneTime`, `one_time` and `one-time` become `onetime`. #}
{% macro fold_word(column) -%}
    nullif(replace(replace(replace(lower(trim({{ column }})), '_', ''), '-', ''), ' ', ''), '')
{%- endmacro %}

{# A GUID, or a hexadecimal id whose case means nothing: without `org:`, in lower case. #}
{% macro fold_guid(column) -%}
    nullif(replace(lower(trim({{ column }})), 'org:', ''), '')
{%- endmacro %}

{# True for a text in the shape of a GUID. #}
{% macro is_guid(column) -%}
    (length({{ column }}) = 36 and {{ column }} like '________-____-____-____-____________')
{%- endmacro %}

{# An order id keeps its case, which means something; only legacy GUIDs are folded. #}
{% macro order_id(column) -%}
    case
        when {{ is_guid('trim(' ~ column ~ ')') }} then lower(trim({{ column }}))
        else nullif(trim({{ column }}), '')
    end
{%- endmacro %}

{# A product, SKU or availability id: its own case (leading zeros are part of it), GUIDs folded. #}
{% macro catalog_id(column) -%} {{ order_id(column) }} {%- endmacro %}

{# A partner id on record, null for the four ways to say "none". #}
{% macro partner_id(column) -%}
    case when trim({{ column }}) in ('', '0', '-1') then null else trim({{ column }}) end
{%- endmacro %}

{# Key of a row that the API gives none: digest of the parts, kept apart, null as ''. #}
{% macro hash_of(parts) -%}
    {{ return(adapter.dispatch('hash_of', 'recon')(parts)) }}
{%- endmacro %}

{% macro default__hash_of(parts) -%}
    md5(
        {%- for part in parts %}
        {% if not loop.first %}|| chr(31) || {% endif %}coalesce(cast({{ part }} as {{ dbt.type_string() }}), '')
        {%- endfor %}
    )
{%- endmacro %}

{# Canonical text of a decimal: no trailing zeros, no point without digits after it, null as null. #}
{% macro decimal_text(column) -%}
    {%- set full = "cast(" ~ column ~ " as " ~ dbt.type_string() ~ ")" -%}
    rtrim(rtrim({{ full }}, '0'), '.')
{%- endmacro %}

{# Part of a text between separators, from 1; '' where there is none. #}
{% macro part_of(column, separator, number) -%} split_part({{ column }}, '{{ separator }}', {{ number }}) {%- endmacro %}

{# Text after `before` in a link (`/products/X/skus/Y?country=US`), up to the next `/` or `?`. #}
{% macro link_part(column, before) -%}
    {{ return(adapter.dispatch('link_part', 'recon')(column, before)) }}
{%- endmacro %}

{% macro default__link_part(column, before) -%}
    nullif(regexp_extract({{ column }}, '/{{ before }}/([^/?]+)', 1), '')
{%- endmacro %}
