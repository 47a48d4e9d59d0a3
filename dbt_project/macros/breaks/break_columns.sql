{#
  The columns that every rule yields, in order, with their types.
  `subject_key` names the one subject whose money the break is about (order item with its lines, else charge
  group, line, document, ...): of all open breaks of a subject, one is primary.
#}
{% macro break_column_types() -%}
    {{ return({
        "break_code": text_type(),
        "grain_key": text_type(),
        "grain": text_type(),
        "subject_key": text_type(),
        "order_item_id": text_type(),
        "charge_group_id": text_type(),
        "invoice_id": text_type(),
        "invoice_line_id": text_type(),
        "customer_id": text_type(),
        "order_id": text_type(),
        "product_id": text_type(),
        "sku_id": text_type(),
        "entitlement_id": text_type(),
        "period": text_type(),
        "currency": text_type(),
        "invoice_type": text_type(),
        "expected_amount": money_type(),
        "actual_amount": money_type(),
        "difference_amount": money_type(),
        "expected_quantity": rate_type(),
        "actual_quantity": rate_type(),
        "at_risk_amount": money_type(),
        "direction": text_type(),
        "business_at": time_type(),
        "explanation": text_type(),
    }) }}
{%- endmacro %}

{#
  The select list of a rule: `values` maps column to expression, a column left out is null. A name that is
  no break column stops the compilation, so that a typing mistake never becomes a null.
#}
{% macro break_row(break_code, grain, values) -%}
    {%- set types = break_column_types() -%}
    {%- for name in values if name not in types -%}
        {{ exceptions.raise_compiler_error(break_code ~ ": there is no break column " ~ name) }}
    {%- endfor -%}
    {%- set constants = {"break_code": "'" ~ break_code ~ "'", "grain": "'" ~ grain ~ "'"} -%}
    {%- for name, type in types.items() %}
        cast({{ constants.get(name, values.get(name, "null")) }} as {{ type }}) as {{ name }}{{ "," if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{# The columns that point at a charge group, for rules that look at `int_charge_groups`. #}
{% macro charge_group_keys() -%}
    {{ return({
        "grain_key": "charge_group_id",
        "subject_key": "coalesce(order_item_id, charge_group_id)",
        "order_item_id": "order_item_id",
        "charge_group_id": "charge_group_id",
        "invoice_id": "last_invoice_id",
        "customer_id": "customer_id",
        "order_id": "order_id",
        "product_id": "product_id",
        "sku_id": "sku_id",
        "period": "period",
        "currency": "currency",
        "business_at": "last_invoice_at",
    }) }}
{%- endmacro %}

{# The columns that point at an order item, for rules that look at `int_order_items`. #}
{% macro order_item_keys() -%}
    {{ return({
        "grain_key": "order_item_id",
        "subject_key": "order_item_id",
        "order_item_id": "order_item_id",
        "invoice_id": "last_invoice_id",
        "customer_id": "customer_id",
        "order_id": "order_id",
        "product_id": "product_id",
        "sku_id": "sku_id",
        "period": "due_period",
        "currency": "coalesce(charged_currency, order_currency)",
        "business_at": "coalesce(last_charged_at, timing_due_at, due_at)",
    }) }}
{%- endmacro %}

{# The columns that point at a billed line, for rules that look at `int_lines`. #}
{% macro line_keys() -%}
    {{ return({
        "grain_key": "invoice_line_id",
        "subject_key": "coalesce(order_item_id, charge_group_id, invoice_line_id)",
        "order_item_id": "order_item_id",
        "charge_group_id": "charge_group_id",
        "invoice_id": "invoice_id",
        "invoice_line_id": "invoice_line_id",
        "customer_id": "customer_id",
        "order_id": "order_id",
        "product_id": "product_id",
        "sku_id": "sku_id",
        "period": "period",
        "currency": "currency",
        "business_at": "invoice_at",
    }) }}
{%- endmacro %}

{# The columns that point at a document, for rules that look at `int_documents`. #}
{% macro document_keys() -%}
    {{ return({
        "grain_key": "invoice_id",
        "subject_key": "invoice_id",
        "invoice_id": "invoice_id",
        "period": "period",
        "currency": "currency",
        "business_at": "invoice_at",
    }) }}
{%- endmacro %}

{# `keys` of one of the macros above, with the columns of one rule added or replaced. #}
{% macro with_columns(keys, values) -%}
    {%- set merged = {} -%}
    {%- do merged.update(keys) -%}
    {%- do merged.update(values) -%}
    {{ return(merged) }}
{%- endmacro %}

{# `over` where we are asked to pay more than we have reason to, `under` where less. #}
{% macro direction_by_sign(difference) -%}
    case when {{ difference }} > 0 then 'over' when {{ difference }} < 0 then 'under' else 'exposure' end
{%- endmacro %}
