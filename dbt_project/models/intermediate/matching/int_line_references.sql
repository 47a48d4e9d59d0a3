-- Grain: one row per way in which lines name an order (`line_reference_parts()`), looked up once however many
-- lines share it.
with named as (
    select {{ line_reference_columns() | join(', ') }}
    from {{ ref('stg_partner_center__invoice_line_items') }}
    where billing_provider = 'onetime' and line_item_type = 'billing'
    union
    select {{ line_reference_columns() | join(', ') }}
    from {{ ref('stg_partner_center__unbilled_line_items') }}
),

references_found as (
    select distinct
        {{ hash_of(line_reference_parts()) }} as reference_key,
        customer_id,
        order_id,
        alternate_id,
        product_id,
        sku_id,
        {{ reservation_key('reservation_order_id') }} as reservation_key
    from named
)

select * from references_found
