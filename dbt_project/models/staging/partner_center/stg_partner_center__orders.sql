-- Grain: one row per appearance of an order: in its customer's list, by id.
with orders as (
    select
        ledger.endpoint,
        ledger.customer_id as asked_customer_id,
        ledger.checked_at,
        sent._partition,
        sent._page,
        sent._position,
        sent.id,
        sent.alternate_id,
        sent.reference_customer_id,
        sent.billing_cycle,
        sent.transaction_type,
        sent.currency_code,
        sent.creation_date,
        sent.status,
        sent.total_price
    from {{ current_rows('orders') }}
),

cleaned as (
    select
        endpoint,
        checked_at,
        _partition,
        _page,
        _position,
        {{ order_id('id') }} as order_id,
        lower({{ blank_to_null('alternate_id') }}) as alternate_id,
        coalesce({{ fold_guid('reference_customer_id') }}, {{ fold_guid('asked_customer_id') }}) as customer_id,
        {{ billing_cycle_word('billing_cycle') }} as billing_cycle,
        {{ transaction_word('transaction_type') }} as transaction_type,
        upper({{ blank_to_null('currency_code') }}) as currency,
        {{ parse_timestamp('creation_date') }} as created_at,
        {{ fold_word('status') }} as order_status,
        total_price
    from orders
)

select * from cleaned
