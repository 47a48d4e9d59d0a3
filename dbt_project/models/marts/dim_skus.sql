-- Grain: one row per product and SKU that a line, an order or an entitlement names.
with named as (
    select product_id, sku_id, sku_name, null as order_name from {{ ref('stg_partner_center__invoice_line_items') }}
    union all
    select product_id, sku_id, null as sku_name, friendly_name as order_name from {{ ref('int_order_lines') }}
    union all
    select product_id, sku_id, null as sku_name, null as order_name from {{ ref('int_entitlements') }}
)

select
    product_id,
    sku_id,
    {{ as_text('coalesce(max(sku_name), max(order_name))') }} as sku_name
from named
where product_id is not null and sku_id is not null
group by product_id, sku_id
