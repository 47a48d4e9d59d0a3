-- Grain: one row per order line, of the reading of its order that counts.
with orders as (
    select
        order_id,
        customer_id,
        order_status,
        currency,
        _partition
    from {{ ref('int_orders') }}
),

lines as (
    select
        _partition,
        order_id,
        order_line_number,
        product_id,
        sku_id,
        availability_id,
        subscription_id,
        term_duration,
        transaction_type,
        friendly_name,
        quantity,
        partner_id_on_record,
        unit_price,
        extended_amount,
        currency,
        row_number() over (
            partition by _partition, order_id, order_line_number
            order by _page asc, _position asc
        ) as appearance
    from {{ ref('stg_partner_center__order_line_items') }}
)

select
    {{ hash_of(['lines.order_id', 'lines.product_id', 'lines.sku_id']) }} as order_item_id,
    lines.order_id,
    lines.order_line_number,
    orders.customer_id,
    lines.product_id,
    lines.sku_id,
    lines.availability_id,
    lines.subscription_id,
    lines.term_duration,
    lines.transaction_type,
    lines.friendly_name,
    lines.quantity,
    lines.partner_id_on_record,
    lines.unit_price,
    lines.extended_amount,
    coalesce(lines.currency, orders.currency) as currency,
    -- Other transaction types are changes of a line: they add nothing of their own.
    coalesce(lines.transaction_type in ('new', 'renew'), true) as is_purchase,
    coalesce(orders.order_status = 'cancelled', false) as is_order_cancelled
from lines
inner join orders
    on lines.order_id = orders.order_id and lines._partition = orders._partition
where lines.appearance = 1
