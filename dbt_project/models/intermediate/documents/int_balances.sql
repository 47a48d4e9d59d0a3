-- Grain: one row per balance reading, currency and invoice type ('recurring', 'one_time', 'total').
-- Only the newest reading is compared, and only if the newest attempt gave it: the documents are known as they
-- are now, not as they were.
with readings as (
    select
        read_at,
        currency,
        invoice_type,
        balance_amount,
        accounting_at,
        checked_at,
        is_complete,
        row_number() over (
            partition by read_at, currency, invoice_type
            order by case when endpoint = 'invoice_summaries' then 0 else 1 end asc, balance_amount asc
        ) as preference,
        row_number() over (
            partition by currency, invoice_type
            order by
                checked_at desc,
                case when endpoint = 'invoice_summaries' then 0 else 1 end asc,
                read_at desc,
                balance_amount asc
        ) as recency
    from {{ ref('stg_partner_center__invoice_summaries') }}
),

newest as (
    select max(checked_at) as checked_at
    from readings
),

balances as (
    select
        readings.read_at,
        readings.currency,
        readings.invoice_type,
        readings.balance_amount,
        readings.accounting_at,
        readings.recency = 1 and readings.checked_at = newest.checked_at and readings.is_complete as is_latest,
        coalesce(currencies.tolerance_amount, {{ as_money("'0.01'") }}) as tolerance_amount,
        coalesce(currencies.minor_digits, 2) as currency_digits
    from readings
    cross join newest
    left join {{ ref('currencies') }} as currencies on readings.currency = currencies.currency
    where readings.preference = 1
),

lag_window as (
    select cast(window_hours as integer) as lag_hours
    from {{ ref('timing_windows') }}
    where timing_code = 'balance_lag'
),

documents as (
    select
        invoice_type,
        currency,
        invoice_at,
        open_amount
    from {{ ref('int_documents') }}
    where is_counted
),

-- A document dated after the balance was last updated is not in it yet, for some days.
open_invoices as (
    select
        balances.read_at,
        balances.currency,
        balances.invoice_type,
        sum(documents.open_amount) as open_invoices_amount
    from balances
    cross join lag_window
    inner join documents
        on
            balances.currency = documents.currency
            and (balances.invoice_type = documents.invoice_type or balances.invoice_type = 'total')
    where
        balances.is_latest
        and (
            balances.accounting_at is null
            or documents.invoice_at <= balances.accounting_at
            or {{ add_hours('documents.invoice_at', 'lag_window.lag_hours') }} <= {{ as_of() }}
        )
    group by balances.read_at, balances.currency, balances.invoice_type
),

compared as (
    select
        balances.read_at,
        balances.currency,
        balances.invoice_type,
        balances.balance_amount,
        case when balances.is_latest then coalesce(open_invoices.open_invoices_amount, 0) end as open_invoices_amount,
        balances.is_latest,
        balances.accounting_at,
        balances.tolerance_amount,
        balances.currency_digits
    from balances
    left join open_invoices
        on
            balances.read_at = open_invoices.read_at
            and balances.currency = open_invoices.currency
            and balances.invoice_type = open_invoices.invoice_type
),

parts as (
    select
        read_at,
        currency,
        max(case when balance_amount <> open_invoices_amount then 1 else 0 end) as disagreeing
    from compared
    where invoice_type <> 'total'
    group by read_at, currency
)

select
    compared.read_at,
    compared.currency,
    compared.invoice_type,
    {{ as_money('compared.balance_amount') }} as balance_amount,
    {{ as_money('compared.open_invoices_amount') }} as open_invoices_amount,
    {{ as_money('compared.balance_amount - compared.open_invoices_amount') }} as difference_amount,
    compared.is_latest,
    compared.invoice_type = 'total' and coalesce(parts.disagreeing, 0) = 1 as is_exempt,
    compared.accounting_at,
    {{ as_count('compared.currency_digits') }} as currency_digits,
    {{ as_money('compared.tolerance_amount') }} as tolerance_amount
from compared
left join parts on compared.read_at = parts.read_at and compared.currency = parts.currency
