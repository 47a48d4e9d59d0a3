-- Grain: one row per product that a line, an order, an entitlement or the catalog names.
with named as (
    select product_id, product_name, publisher_name, order_at as named_at, 3 as weight
    from {{ ref('int_billed_lines') }}
    union all
    select lines.product_id, null as product_name, null as publisher_name, orders.created_at as named_at, 2 as weight
    from {{ ref('int_order_lines') }} as lines
    inner join {{ ref('int_orders') }} as orders on lines.order_id = orders.order_id
    union all
    select product_id, null as product_name, null as publisher_name, null as named_at, 1 as weight
    from {{ ref('int_entitlements') }}
    union all
    select product_id, null as product_name, null as publisher_name, null as named_at, 0 as weight
    from {{ ref('int_catalog_products') }}
    where first_read_at is not null
),

products as (
    select
        product_id,
        max(product_name) as product_name,
        max(publisher_name) as publisher_name,
        min(named_at) as first_named_at,
        max(named_at) as last_named_at,
        max(weight) as weight
    from named
    where product_id is not null
    group by product_id
)

select
    products.product_id,
    {{ as_text('coalesce(catalog.product_name, products.product_name)') }} as product_name,
    {{ as_text('coalesce(catalog.publisher_name, products.publisher_name)') }} as publisher_name,
    {{ as_text('catalog.product_type') }} as product_type,
    {{ as_text('catalog.product_sub_type') }} as product_sub_type,
    {{ as_flag('catalog.is_microsoft_product') }} as is_microsoft_product,
    {{ catalog_validity('products.first_named_at', 'products.last_named_at', 'products.weight') }}
from products
left join {{ ref('int_catalog_products') }} as catalog on products.product_id = catalog.product_id
