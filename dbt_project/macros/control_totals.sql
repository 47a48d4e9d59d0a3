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
        {
            "table": "office_line_items", "currency": "currency", "staging": "stg_partner_center__office_line_items",
            "staging_currency": "currency",
            "amounts": {
                "amount": "amount", "total_other_discount": "discount_amount", "subtotal": "subtotal",
                "tax": "tax_total", "total_for_customer": "total",
            },
        },
        {
            "table": "azure_line_items", "currency": "currency", "staging": "stg_partner_center__azure_line_items",
            "staging_currency": "currency",
            "amounts": {"pretax_charges": "subtotal", "tax_amount": "tax_total", "post_tax_total": "total"},
        },
        {"table": "azure_daily_usage", "staging": "stg_partner_center__azure_daily_usage", "amounts": {}},
        {
            "table": "daily_rated_usage", "currency": "billing_currency",
            "staging": "stg_partner_center__daily_rated_usage", "staging_currency": "currency",
            "amounts": {"billing_pre_tax_total": "subtotal"},
        },
        {
            "table": "unbilled_line_items", "currency": "currency",
            "staging": "stg_partner_center__unbilled_line_items", "staging_currency": "currency",
            "amounts": {"subtotal": "subtotal", "tax_total": "tax_total", "total_for_customer": "total"},
        },
        {
            "table": "unbilled_daily_usage", "currency": "billing_currency",
            "staging": "stg_partner_center__unbilled_daily_usage", "staging_currency": "currency",
            "amounts": {"billing_pre_tax_total": "subtotal"},
        },
        {"table": "estimate_links", "staging": "stg_partner_center__estimate_links", "amounts": {}},
        {
            "table": "invoice_statements", "currency": "currency", "staging": "stg_partner_center__invoice_statements",
            "staging_currency": "currency", "amounts": {"printed_total": "printed_total"},
        },
        {"table": "invoice_details", "staging": "stg_partner_center__invoice_details", "amounts": {}},
        {"table": "customers", "staging": "stg_partner_center__customers", "amounts": {}},
        {"table": "customers_by_id", "staging": "stg_partner_center__customers_by_id", "amounts": {}},
        {"table": "audit_records", "staging": "stg_partner_center__audit_records", "amounts": {}},
        {"table": "audit_record_values", "staging": "stg_partner_center__audit_record_values", "amounts": {}},
        {"table": "subscriptions_by_order", "staging": "stg_partner_center__subscriptions_by_order", "amounts": {}},
        {
            "table": "order_provisioning_status", "staging": "stg_partner_center__order_provisioning_status",
            "amounts": {},
        },
        {
            "table": "order_activation_links", "staging": "stg_partner_center__order_activation_links", "amounts": {},
        },
        {"table": "entitlements", "staging": "stg_partner_center__entitlements", "amounts": {}},
        {"table": "entitlement_artifacts", "staging": "stg_partner_center__entitlement_artifacts", "amounts": {}},
        {"table": "reservations", "staging": "stg_partner_center__reservations", "amounts": {}},
        {"table": "products", "staging": "stg_partner_center__products", "amounts": {}},
        {"table": "skus", "staging": "stg_partner_center__skus", "amounts": {}},
        {"table": "availabilities", "staging": "stg_partner_center__availabilities", "amounts": {}},
        {"table": "inventory", "staging": "stg_partner_center__inventory", "amounts": {}},
        {"table": "price_sheets", "staging": "stg_partner_center__price_sheets", "amounts": {}},
        {"table": "fx_rates", "staging": "stg_partner_center__fx_rates", "amounts": {}},
    ]) }}
{%- endmacro %}

{# A currency as the hops compare it: '' where the wire names none. #}
{% macro counted_currency(column) -%} coalesce(upper(trim({{ column }})), '') {%- endmacro %}
