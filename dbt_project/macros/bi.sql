{# What the views for analysts' tools share. #}

{# One column that joins facts to `bi_products`: tools relate tables by single columns. #}
{% macro product_sku_id(product_id, sku_id) -%}
    {{ as_text(product_id ~ " || coalesce(':' || " ~ sku_id ~ ", '')") }}
{%- endmacro %}

{# The first moment after a period: the last second of a day stands for its whole day, any other time for itself. #}
{% macro end_exclusive(time) -%}
    case
        when substr(cast({{ time }} as {{ dbt.type_string() }}), 12, 8) = '23:59:59'
            then {{ add_hours("cast(cast(" ~ time ~ " as date) as " ~ dbt.type_timestamp() ~ ")", 24) }}
        else {{ time }}
    end
{%- endmacro %}
