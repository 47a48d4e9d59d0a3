-- Grain: one row per activation link of an order line that was asked for.
with order_activation_links as (
    select
        ledger.customer_id,
        ledger.order_id,
        sent._partition,
        sent._page,
        sent._position,
        sent.line_item_number,
        sent.uri
    from {{ current_rows('order_activation_links') }}
),

cleaned as (
    select
        _partition,
        _page,
        _position,
        {{ fold_guid('customer_id') }} as customer_id,
        {{ order_id('order_id') }} as order_id,
        line_item_number as order_line_number,
        {{ blank_to_null('uri') }} as activation_uri
    from order_activation_links
)

select * from cleaned
