{# A model's schema is the one it names: `marts`, not `main_marts`. Analysts read these names. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name | trim if custom_schema_name else target.schema }}
{%- endmacro %}
