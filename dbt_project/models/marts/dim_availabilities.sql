-- Grain: one row per product, SKU and availability that a line, an order or the catalog names.
with named as (
    select product_id, sku_id, availability_id, order_at as named_at, 3 as weight
    from {{ ref('int_billed_lines') }}
    union all
    select lines.product_id, lines.sku_id, lines.availability_id, orders.created_at as named_at, 2 as weight
    from {{ ref('int_order_lines') }} as lines
    inner join {{ ref('int_orders') }} as orders on lines.order_id = orders.order_id
    union all
    select product_id, sku_id, availability_id, null as named_at, 0 as weight
    from {{ ref('int_catalog_availabilities') }}
    where first_read_at is not null
),

availabilities as (
    select
        product_id,
        sku_id,
        availability_id,
        min(named_at) as first_named_at,
        max(named_at) as last_named_at,
        max(weight) as weight
    from named
    where product_id is not null and sku_id is not null and availability_id is not null
    group by product_id, sku_id, availability_id
)

select
    availabilities.product_id,
    availabilities.sku_id,
    availabilities.availability_id,
    {{ as_time('availabilities.first_named_at') }} as first_named_at,
    {{ as_time('availabilities.last_named_at') }} as last_named_at,
    {{ as_text('catalog.currency') }} as currency,
    {{ as_text('catalog.segment') }} as segment,
    {{ as_text('catalog.country') }} as country,
    {{ as_flag('catalog.is_purchasable') }} as is_purchasable,
    {{ as_flag('catalog.is_renewable') }} as is_renewable,
    {{ as_text('catalog.terms') }} as terms,
    {{ catalog_validity('availabilities.first_named_at', 'availabilities.last_named_at', 'availabilities.weight') }}
from availabilities
left join {{ ref('int_catalog_availabilities') }} as catalog
    on
        availabilities.product_id = catalog.product_id
        and availabilities.sku_id = catalog.sku_id
        and availabilities.availability_id = catalog.availability_id
