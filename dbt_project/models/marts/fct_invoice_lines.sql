-- Grain: one row per billed line. Every line is in exactly one bucket.
with lines as (
    select *
    from {{ ref('int_lines') }}
),

item_breaks as (
    select distinct order_item_id
    from {{ ref('int_breaks_at_issue') }}
    where order_item_id is not null and invoice_line_id is null
),

line_breaks as (
    select distinct invoice_line_id
    from {{ ref('int_breaks_at_issue') }}
    where invoice_line_id is not null
),

item_timing as (
    select
        order_item_id,
        timing_code
    from {{ ref('int_order_items') }}
    where timing_code is not null and timing_code <> 'before_horizon'
),

bucketed as (
    select
        lines.*,
        {{ line_bucket() }} as bucket
    from lines
    left join item_breaks on lines.order_item_id = item_breaks.order_item_id
    left join line_breaks on lines.invoice_line_id = line_breaks.invoice_line_id
    left join item_timing on lines.order_item_id = item_timing.order_item_id
)

select
    invoice_line_id,
    invoice_id,
    billing_provider,
    line_item_type,
    source_api,
    line_class,
    bucket,
    charge_type,
    customer_id,
    order_id,
    alternate_id,
    product_id,
    sku_id,
    availability_id,
    reservation_order_id,
    quantity,
    signed_quantity,
    billable_quantity,
    unit_price,
    effective_unit_price,
    pricing_currency,
    fx_rate,
    currency,
    subtotal,
    tax_total,
    total,
    order_at,
    charge_start_at,
    charge_end_at,
    match_pass,
    matched_order_id,
    suggested_order_id,
    order_item_id,
    charge_group_id,
    period,
    invoice_at
from bucketed
