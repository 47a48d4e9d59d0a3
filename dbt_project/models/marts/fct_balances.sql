-- Grain: one row per balance reading, currency and invoice type.
select
    read_at,
    currency,
    invoice_type,
    balance_amount,
    open_invoices_amount,
    difference_amount,
    is_latest,
    accounting_at
from {{ ref('int_balances') }}
