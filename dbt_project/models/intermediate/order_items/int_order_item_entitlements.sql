-- Grain: one row per order item with entitlements: what the customer received of it.
-- The order line that an entitlement names decides; its product and SKU only where that line is unknown.
-- Components of a bundle repeat their parent and are left out; units handed to someone else were received.
with entitlements as (
    select
        entitlement_id,
        customer_id,
        order_id,
        order_line_number,
        product_id,
        sku_id,
        quantity as held_quantity,
        quantity + transferred_quantity as received_quantity,
        pending_quantity
    from {{ ref('int_entitlements') }}
    where is_top_level and order_id is not null
),

order_lines as (
    select
        order_item_id,
        order_id,
        customer_id,
        order_line_number
    from {{ ref('int_order_lines') }}
),

with_items as (
    select
        coalesce(
            order_lines.order_item_id,
            {{ hash_of(['entitlements.order_id', 'entitlements.product_id', 'entitlements.sku_id']) }}
        ) as order_item_id,
        entitlements.customer_id,
        entitlements.held_quantity,
        entitlements.received_quantity,
        entitlements.pending_quantity
    from entitlements
    left join order_lines
        on
            entitlements.order_id = order_lines.order_id
            and entitlements.customer_id = order_lines.customer_id
            and entitlements.order_line_number = order_lines.order_line_number
)

select
    order_item_id,
    customer_id,
    {{ as_rate('sum(received_quantity)') }} as entitled_quantity,
    {{ as_rate('sum(held_quantity)') }} as held_quantity,
    {{ as_rate('sum(pending_quantity)') }} as pending_quantity,
    {{ as_count('count(*)') }} as entitlement_count
from with_items
group by order_item_id, customer_id
