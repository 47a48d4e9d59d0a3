-- Grain: one row per line that a reading lists as not billed yet, with the order that it names.
-- The passes are those of billed lines. Estimates are never added to what was billed.
with lines as (
    select
        *,
        {{ hash_of(line_reference_parts()) }} as reference_key
    from {{ ref('stg_partner_center__unbilled_line_items') }}
),

readings as (
    select
        _partition,
        currency as reading_currency,
        month,
        is_complete,
        is_last_reading
    from {{ ref('int_unbilled_readings') }}
),

resolved as (
    select
        lines._partition,
        lines._page,
        lines._position,
        readings.reading_currency,
        lines.month,
        lines.period,
        lines.read_at,
        lines.customer_id,
        lines.order_id,
        lines.alternate_id,
        lines.product_id,
        lines.sku_id,
        lines.availability_id,
        lines.charge_type,
        lines.order_at,
        lines.currency,
        lines.quantity,
        {{ as_rate(signed_quantity(
            'coalesce(lines.quantity, lines.billable_quantity)', 'lines.subtotal', 'lines.charge_type'
        )) }} as signed_quantity,
        lines.subtotal,
        {{ line_class(
            'lines.billing_provider', 'lines.line_item_type', 'lines.charge_type', 'lines.credit_reason_code',
            'line_orders.resolved_billing_cycle', 'lines.meter_description', 'lines.billing_frequency'
        ) }} as line_class,
        line_orders.match_pass,
        line_orders.resolved_order_id,
        line_orders.order_item_id,
        readings.is_complete,
        readings.is_last_reading
    from lines
    inner join readings on lines._partition = readings._partition
    left join {{ ref('int_line_orders') }} as line_orders on lines.reference_key = line_orders.reference_key
)

select
    _partition,
    _page,
    _position,
    reading_currency,
    month,
    period,
    read_at,
    customer_id,
    order_id,
    alternate_id,
    product_id,
    sku_id,
    availability_id,
    charge_type,
    order_at,
    currency,
    quantity,
    signed_quantity,
    subtotal,
    line_class,
    case when order_item_id is not null then match_pass end as match_pass,
    case when order_item_id is not null then resolved_order_id end as matched_order_id,
    resolved_order_id,
    case when line_class = 'one_time' then order_item_id end as order_item_id,
    is_complete,
    is_last_reading
from resolved
