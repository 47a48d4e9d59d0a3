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
