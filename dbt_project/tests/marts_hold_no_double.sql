-- Invariant: amounts, prices, rates and quantities of the marts are decimals; times are UTC without zone.
{% for mart in [
    'fct_price_checks', 'fct_fx_checks', 'dim_prices',
    'fct_invoice_lines', 'fct_order_items', 'fct_order_lines', 'fct_entitlements', 'fct_invoices', 'fct_balances',
    'fct_restated_lines', 'fct_unbilled_lines', 'fct_usage_explanation', 'fct_invoice_bridge', 'fct_breaks', 'fct_reconciliation', 'dim_customers', 'dim_products',
    'dim_skus', 'dim_availabilities', 'dim_break_codes'
] -%}
-- depends_on: {{ ref(mart) }}
{% endfor -%}
select
    table_name,
    column_name,
    data_type
from information_schema.columns
where
    table_schema = 'marts'
    and upper(data_type) not in (
        'VARCHAR', 'BOOLEAN', 'BIGINT', 'INTEGER', 'TIMESTAMP', 'DECIMAL(38,12)', 'DECIMAL(38,24)'
    )
