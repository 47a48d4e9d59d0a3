{# JSON columns are compact text with the numbers as sent; engine readers would pass them through a double. #}

{#
  Units with a status in `quantityDetails` ([{"quantity":1,"status":"Fulfilled"}]), exact; 0 where none.
  `status` is given folded.
#}
{% macro quantity_with_status(column, status) -%}
    {{ return(adapter.dispatch('quantity_with_status', 'recon')(column, status)) }}
{%- endmacro %}

{% macro default__quantity_with_status(column, status) -%}
    case
        when {{ column }} is null or not contains({{ column }}, chr(123)) then cast(0 as {{ rate_type() }})
        else coalesce(
            list_sum(
                list_transform(
                    list_filter(
                        regexp_extract_all({{ column }}, '[{][^{}]*[}]'),
                        lambda entry: replace(replace(lower(entry), '_', ''), ' ', '') like '%"status":"{{ status }}"%'
                    ),
                    lambda entry: cast(
                        nullif(regexp_extract(entry, '(?i)"quantity" *: *"?([0-9.]+)', 1), '') as {{ rate_type() }}
                    )
                )
            ),
            cast(0 as {{ rate_type() }})
        )
    end
{%- endmacro %}

{# A text member of an object that is sent as text, wherever it stands in it; null where there is none. #}
{% macro text_member(column, key) -%}
    {{ return(adapter.dispatch('text_member', 'recon')(column, key)) }}
{%- endmacro %}

{% macro default__text_member(column, key) -%}
    nullif(trim(regexp_extract({{ column }}, '(?i)"{{ key }}" *: *"([^"]*)"', 1)), '')
{%- endmacro %}
