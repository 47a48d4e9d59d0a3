-- Grain: one row per balance reading (currency, invoice type) and document that was known by then: as it stood at that
-- reading, and at the one before.
with balances as (
    select
        read_at,
        currency,
        invoice_type,
        accounting_at,
        row_number() over (partition by currency, invoice_type order by read_at asc) as reading_number
    from {{ ref('int_balances') }}
),

lag_window as (
    select cast(window_hours as integer) as lag_hours
    from {{ ref('timing_windows') }}
    where timing_code = 'balance_lag'
),

standing as (
    select
        balances.read_at,
        balances.currency,
        balances.invoice_type,
        balances.reading_number,
        documents.invoice_id,
        documents.is_amendment,
        documents.total_charges,
        documents.paid_amount,
        documents.is_void or coalesce(documents.voided_at <= balances.read_at, false) as is_void,
        -- A document dated after the balance was last updated is not in it yet, for some days.
        coalesce(
            balances.accounting_at is null
            or documents.invoice_at <= balances.accounting_at
            or {{ add_hours('documents.invoice_at', 'lag_window.lag_hours') }} <= balances.read_at,
            true
        ) as is_due
    from balances
    cross join lag_window
    inner join {{ ref('int_document_standings') }} as documents
        on
            balances.currency = documents.currency
            and (balances.invoice_type = documents.invoice_type or balances.invoice_type = 'total')
            and balances.read_at >= documents.seen_at
            and (documents.until_at is null or balances.read_at < documents.until_at)
),

counted as (
    select
        *,
        not is_void and is_due as is_in,
        case when not is_void and is_due then total_charges else 0 end as total_in,
        case when not is_void and is_due then paid_amount else 0 end as paid_in
    from standing
)

select
    read_at,
    currency,
    invoice_type,
    reading_number,
    invoice_id,
    is_amendment,
    is_void,
    is_in,
    {{ as_money('total_in') }} as total_amount,
    {{ as_money('paid_in') }} as paid_amount,
    coalesce(lag(is_in) over document_history, false) as was_in,
    coalesce(lag(is_void) over document_history, false) as was_void,
    {{ as_money('coalesce(lag(total_in) over document_history, 0)') }} as former_total_amount,
    {{ as_money('coalesce(lag(paid_in) over document_history, 0)') }} as former_paid_amount
from counted
window document_history as (partition by currency, invoice_type, invoice_id order by reading_number asc)
