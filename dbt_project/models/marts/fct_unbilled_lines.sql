-- Grain: one row per line that a reading lists as not billed yet. Estimates: never added to billed amounts.
with lines as (
    select *
    from {{ ref('int_unbilled_lines') }}
)

select
    {{ hash_of(['_partition', '_page', '_position']) }} as unbilled_line_id,
    currency,
    month,
    period,
    read_at,
    is_last_reading,
    is_complete,
    line_class,
    charge_type,
    customer_id,
    order_id,
    alternate_id,
    product_id,
    sku_id,
    availability_id,
    quantity,
    signed_quantity,
    subtotal,
    order_at,
    match_pass,
    matched_order_id,
    order_item_id
from lines
