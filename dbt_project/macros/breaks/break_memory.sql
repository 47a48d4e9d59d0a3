{#
  The columns that describe a break, in `int_break_events`, in the log and in `fct_breaks` alike.
  `break_id` stands before them.
#}
{% macro described_break_columns() -%}
    {{ return([
        "break_code", "severity", "direction", "grain", "grain_key", "subject_key", "invoice_id", "invoice_line_id",
        "customer_id", "order_id", "product_id", "sku_id", "entitlement_id", "period", "currency", "invoice_type",
        "expected_amount", "actual_amount", "difference_amount", "expected_quantity", "actual_quantity",
        "at_risk_amount", "business_at", "explanation"
    ]) }}
{%- endmacro %}

{# Age in words: '0-30', '31-60', '61-90', '90+' days. #}
{% macro age_bucket(days) -%}
    case
        when {{ days }} <= 30 then '0-30'
        when {{ days }} <= 60 then '31-60'
        when {{ days }} <= 90 then '61-90'
        when {{ days }} > 90 then '90+'
    end
{%- endmacro %}

{# The number of days, never below 0; null where a time is null. #}
{% macro days_since(earlier, later) -%}
    case when {{ earlier }} > {{ later }} then 0 else {{ days_between(earlier, later) }} end
{%- endmacro %}

{# Rules that say that a side of the comparison is missing: their month is not reconciled, whoever accepts what. #}
{% macro blocking_break_codes() -%} 'nothing_compared', 'invoice_missing', 'invoice_not_read' {%- endmacro %}

{# Rules about charges for which an analyst may confirm an order. #}
{% macro break_codes_without_order() -%} 'charge_without_order', 'ambiguous_match' {%- endmacro %}
