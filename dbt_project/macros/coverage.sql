{# Rows of coverage: what was, or was not, held against something else. #}

{% macro coverage_columns() -%}
    {{ return({
        "period": text_type(), "currency": text_type(), "kind": text_type(), "part": text_type(),
        "compared_with": text_type(), "not_compared_reason": text_type(), "partition_id": text_type(),
        "row_count": count_type(), "amount": money_type(),
    }) }}
{%- endmacro %}

{# The select list of one kind: `values` maps column to expression; a name that is no such column stops the compilation. #}
{% macro coverage_row(values) -%}
    {%- set types = coverage_columns() -%}
    {%- for name in values if name not in types -%}
        {{ exceptions.raise_compiler_error("there is no column " ~ name ~ " of coverage") }}
    {%- endfor -%}
    {%- for name, type in types.items() %}
    cast({{ values.get(name, "null") }} as {{ type }}) as {{ name }}{{ "," if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
