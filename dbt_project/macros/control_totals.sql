{#
  Which amounts are counted at every hop: raw table, its currency column, and per money column the staging
  model's name of it. The landing states the same per walk.
#}
{% macro counted_tables() -%}
    {{ return([
        {
            "table": "invoice_line_items", "currency": "currency", "staging": "stg_partner_center__invoice_line_items",
            "staging_currency": "currency",
            "amounts": {"subtotal": "subtotal", "tax_total": "tax_total", "total_for_customer": "total"},
        },
        {
            "table": "invoices", "currency": "currency_code", "staging": "stg_partner_center__invoices",
            "staging_currency": "currency",
            "amounts": {"total_charges": "total_charges", "paid_amount": "paid_amount"},
        },
        {
            "table": "orders", "currency": "currency_code", "staging": "stg_partner_center__orders",
            "staging_currency": "currency",
            "amounts": {"total_price": "total_price"},
        },
        {
            "table": "order_line_items", "currency": "currency_code", "staging": "stg_partner_center__order_line_items",
            "staging_currency": "currency",
            "amounts": {"extended_price": "extended_amount"},
        },
        {
            "table": "invoice_summaries", "currency": "currency_code", "staging": "stg_partner_center__invoice_summaries",
            "staging_currency": "currency",
            "amounts": {"balance_amount": "balance_amount"},
        },
        {"table": "invoice_details", "staging": "stg_partner_center__invoice_details", "amounts": {}},
        {"table": "customers", "staging": "stg_partner_center__customers", "amounts": {}},
        {"table": "customers_by_id", "staging": "stg_partner_center__customers_by_id", "amounts": {}},
        {"table": "entitlements", "staging": "stg_partner_center__entitlements", "amounts": {}},
        {"table": "entitlement_artifacts", "staging": "stg_partner_center__entitlement_artifacts", "amounts": {}},
    ]) }}
{%- endmacro %}

{# A currency as the hops compare it: '' where the wire names none. #}
{% macro counted_currency(column) -%} coalesce(upper(trim({{ column }})), '') {%- endmacro %}
