-- Grain: one row per order line whose provisioning status was asked for: how far its delivery is.
with order_provisioning_status as (
    select
        ledger.customer_id,
        ledger.order_id,
        ledger.read_at,
        coalesce(ledger.checked_at, ledger.read_at) as checked_at,
        sent._partition,
        sent._page,
        sent._position,
        sent.line_item_number,
        sent.status,
        sent.quantity_provisioning_information
    from {{ current_rows('order_provisioning_status') }}
),

cleaned as (
    select
        _partition,
        _page,
        _position,
        {{ fold_guid('customer_id') }} as customer_id,
        {{ order_id('order_id') }} as order_id,
        line_item_number as order_line_number,
        {{ fold_word('status') }} as status,
        {{ quantity_with_status('quantity_provisioning_information', '%') }} as quantity,
        {{ quantity_with_status('quantity_provisioning_information', 'fulfilled') }} as fulfilled_quantity,
        {{ quantity_with_status('quantity_provisioning_information', 'unfulfilled') }} as unfulfilled_quantity,
        {{ quantity_with_status('quantity_provisioning_information', 'prefulfillmentpending') }} as pending_quantity,
        read_at as first_seen_at,
        checked_at
    from order_provisioning_status
)

select * from cleaned
