{# The few column types of the warehouse, so that no model spells one. #}

{# Amounts: twelve decimals hold every currency and every wire value of an amount. #}
{% macro money_type() -%} decimal(38, 12) {%- endmacro %}

{# Unit prices, exchange rates and quantities: the wire sends up to 22 decimals. #}
{% macro rate_type() -%} decimal(38, 24) {%- endmacro %}

{% macro text_type() -%} {{ dbt.type_string() }} {%- endmacro %}

{% macro time_type() -%} {{ dbt.type_timestamp() }} {%- endmacro %}

{% macro count_type() -%} {{ dbt.type_bigint() }} {%- endmacro %}

{% macro flag_type() -%} {{ dbt.type_boolean() }} {%- endmacro %}

{# Exact cast of an expression; narrowing is `truncate_decimal`, as a plain cast rounds. #}
{% macro as_money(expression) -%} cast({{ expression }} as {{ money_type() }}) {%- endmacro %}

{% macro as_rate(expression) -%} cast({{ expression }} as {{ rate_type() }}) {%- endmacro %}

{% macro as_text(expression) -%} cast({{ expression }} as {{ text_type() }}) {%- endmacro %}

{% macro as_time(expression) -%} cast({{ expression }} as {{ time_type() }}) {%- endmacro %}

{% macro as_count(expression) -%} cast({{ expression }} as {{ count_type() }}) {%- endmacro %}

{% macro as_flag(expression) -%} cast({{ expression }} as {{ flag_type() }}) {%- endmacro %}
