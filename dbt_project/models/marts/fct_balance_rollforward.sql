-- Grain: one row per balance reading, currency and invoice type: how the balance came from the reading before.
-- opening + new documents - payments + amended + voided + remainder = closing, to the last digit.
with readings as (
    select
        read_at,
        currency,
        invoice_type,
        balance_amount,
        lag(read_at) over balance_history as opening_at,
        lag(balance_amount) over balance_history as opening_amount
    from {{ ref('int_balances') }}
    window balance_history as (partition by currency, invoice_type order by read_at asc)
),

-- A document is new when it first counts; it is voided, or restored, when it was known before.
changes as (
    select
        read_at,
        currency,
        invoice_type,
        total_amount - paid_amount as open_amount,
        case when is_in and not was_in and not was_void and not is_amendment then total_amount else 0 end as new_amount,
        case when is_in and not was_in and not was_void and not is_amendment then 1 else 0 end as new_count,
        case when is_in and (was_in or not was_void) then paid_amount - former_paid_amount else 0 end as payment,
        case
            when is_in and was_in then total_amount - former_total_amount
            when is_in and not was_void and is_amendment then total_amount
            else 0
        end as amended_amount,
        case
            when was_in and not is_in then former_paid_amount - former_total_amount
            when is_in and not was_in and was_void then total_amount - paid_amount
            else 0
        end as voided_amount
    from {{ ref('int_balance_documents') }}
),

movements as (
    select
        read_at,
        currency,
        invoice_type,
        sum(open_amount) as open_amount,
        sum(new_amount) as new_amount,
        sum(new_count) as new_count,
        sum(payment) as payments_amount,
        sum(case when payment <> 0 then 1 else 0 end) as payment_count,
        sum(amended_amount) as amended_amount,
        sum(voided_amount) as voided_amount
    from changes
    group by read_at, currency, invoice_type
),

rolled as (
    select
        readings.*,
        coalesce(movements.open_amount, 0) as open_amount,
        coalesce(movements.new_amount, 0) as new_amount,
        coalesce(movements.new_count, 0) as new_count,
        coalesce(movements.payments_amount, 0) as payments_amount,
        coalesce(movements.payment_count, 0) as payment_count,
        coalesce(movements.amended_amount, 0) as amended_amount,
        coalesce(movements.voided_amount, 0) as voided_amount
    from readings
    left join movements
        on
            readings.read_at = movements.read_at
            and readings.currency = movements.currency
            and readings.invoice_type = movements.invoice_type
)

select
    {{ hash_of(['read_at', 'currency', 'invoice_type']) }} as balance_rollforward_id,
    currency,
    invoice_type,
    opening_at,
    read_at as closing_at,
    {{ as_money('opening_amount') }} as opening_amount,
    {{ as_money('case when opening_at is not null then new_amount end') }} as new_documents_amount,
    {{ as_money('case when opening_at is not null then payments_amount end') }} as payments_amount,
    {{ as_money('case when opening_at is not null then amended_amount end') }} as amended_amount,
    {{ as_money('case when opening_at is not null then voided_amount end') }} as voided_amount,
    {{ as_money('balance_amount - opening_amount - new_amount + payments_amount - amended_amount - voided_amount') }} as remainder_amount,
    {{ as_money('balance_amount') }} as closing_amount,
    {{ as_money('open_amount') }} as open_documents_amount,
    {{ as_count('case when opening_at is not null then new_count end') }} as new_documents_count,
    {{ as_count('case when opening_at is not null then payment_count end') }} as paid_documents_count
from rolled
