-- Grain: one row per balance reading, call, currency and part ('total', 'recurring', 'one_time').
with summaries as (
    select
        ledger.endpoint,
        ledger.read_at,
        ledger.checked_at,
        ledger.status,
        sent.part,
        sent.balance_amount,
        sent.currency_code,
        sent.accounting_date,
        sent.last_payment_date,
        sent.last_payment_amount,
        sent.latest_invoice_date
    from {{ current_rows('invoice_summaries') }}
),

cleaned as (
    select
        endpoint,
        read_at,
        -- A balance that was read again and is the same stays one reading, confirmed later.
        coalesce(checked_at, read_at) as checked_at,
        coalesce(status = 'complete', false) as is_complete,
        {{ invoice_type_word('part') }} as invoice_type,
        balance_amount,
        upper({{ blank_to_null('currency_code') }}) as currency,
        {{ parse_timestamp('accounting_date') }} as accounting_at,
        {{ parse_timestamp('last_payment_date') }} as last_payment_at,
        last_payment_amount,
        {{ parse_timestamp('latest_invoice_date') }} as latest_invoice_at
    from summaries
)

select * from cleaned
