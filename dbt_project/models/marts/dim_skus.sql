-- Grain: one row per product and SKU that a line, an order, an entitlement or the catalog names.
with named as (
    select product_id, sku_id, sku_name, null as order_name, order_at as named_at, 3 as weight
    from {{ ref('int_billed_lines') }}
    union all
    select
        lines.product_id, lines.sku_id, null as sku_name, lines.friendly_name as order_name,
        orders.created_at as named_at, 2 as weight
    from {{ ref('int_order_lines') }} as lines
    inner join {{ ref('int_orders') }} as orders on lines.order_id = orders.order_id
    union all
    select product_id, sku_id, null as sku_name, null as order_name, null as named_at, 1 as weight
    from {{ ref('int_entitlements') }}
    union all
    select product_id, sku_id, null as sku_name, null as order_name, null as named_at, 0 as weight
    from {{ ref('int_catalog_skus') }}
    where first_read_at is not null
),

skus as (
    select
        product_id,
        sku_id,
        max(sku_name) as sku_name,
        max(order_name) as order_name,
        min(named_at) as first_named_at,
        max(named_at) as last_named_at,
        max(weight) as weight
    from named
    where product_id is not null and sku_id is not null
    group by product_id, sku_id
)

select
    skus.product_id,
    skus.sku_id,
    {{ as_text('coalesce(catalog.sku_name, skus.sku_name, skus.order_name)') }} as sku_name,
    {{ as_count('catalog.minimum_quantity') }} as minimum_quantity,
    {{ as_count('catalog.maximum_quantity') }} as maximum_quantity,
    {{ as_flag('catalog.is_trial') }} as is_trial,
    {{ as_text('catalog.supported_billing_cycles') }} as supported_billing_cycles,
    {{ as_text('catalog.purchase_prerequisites') }} as purchase_prerequisites,
    {{ as_flag('catalog.needs_inventory_check') }} as needs_inventory_check,
    {{ as_text('catalog.dynamic_attributes') }} as dynamic_attributes,
    {{ catalog_validity('skus.first_named_at', 'skus.last_named_at', 'skus.weight') }}
from skus
left join {{ ref('int_catalog_skus') }} as catalog
    on skus.product_id = catalog.product_id and skus.sku_id = catalog.sku_id
