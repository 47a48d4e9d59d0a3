-- Grain: one row per product, SKU and availability that a line or an order names.
with named as (
    select product_id, sku_id, availability_id, order_at as seen_at from {{ ref('stg_partner_center__invoice_line_items') }}
    union all
    select lines.product_id, lines.sku_id, lines.availability_id, orders.created_at as seen_at
    from {{ ref('int_order_lines') }} as lines
    inner join {{ ref('int_orders') }} as orders on lines.order_id = orders.order_id
)

select
    product_id,
    sku_id,
    availability_id,
    min(seen_at) as first_named_at,
    max(seen_at) as last_named_at
from named
where product_id is not null and sku_id is not null and availability_id is not null
group by product_id, sku_id, availability_id
