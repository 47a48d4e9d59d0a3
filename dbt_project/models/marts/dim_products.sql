-- Grain: one row per product that a line, an order or an entitlement names.
with named as (
    select product_id, product_name, publisher_name from {{ ref('stg_partner_center__invoice_line_items') }}
    union all
    select product_id, null as product_name, null as publisher_name from {{ ref('int_order_lines') }}
    union all
    select product_id, null as product_name, null as publisher_name from {{ ref('int_entitlements') }}
)

select
    product_id,
    {{ as_text('max(product_name)') }} as product_name,
    {{ as_text('max(publisher_name)') }} as publisher_name
from named
where product_id is not null
group by product_id
