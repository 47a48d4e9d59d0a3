-- Grain: one row per product and SKU that the catalog, a line, an order item or a break names.
with named as (
    select product_id, sku_id from {{ ref('dim_skus') }}
    union
    select product_id, sku_id from {{ ref('fct_invoice_lines') }}
    union
    select product_id, sku_id from {{ ref('fct_order_items') }}
    union
    select product_id, sku_id from {{ ref('fct_breaks') }}
),

products as (
    select product_id, product_name, publisher_name, product_type
    from {{ ref('dim_products') }}
),

skus as (
    select product_id, sku_id, sku_name
    from {{ ref('dim_skus') }}
)

select
    {{ product_sku_id('named.product_id', 'named.sku_id') }} as product_sku_id,
    named.product_id,
    named.sku_id,
    {{ as_text('coalesce(products.product_name, named.product_id)') }} as product_name,
    {{ as_text('coalesce(skus.sku_name, products.product_name, named.product_id)') }} as sku_name,
    products.publisher_name,
    products.product_type
from named
left join products on named.product_id = products.product_id
left join skus on named.product_id = skus.product_id and named.sku_id = skus.sku_id
where named.product_id is not null
