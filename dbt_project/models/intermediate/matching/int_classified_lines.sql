-- Grain: one row per billed line: its class, its document, and the order that passes 1 to 4 found, or that an
-- analyst confirmed.
with lines as (
    select
        _partition,
        _page,
        _position,
        invoice_id,
        billing_provider,
        line_item_type,
        charge_type,
        credit_reason_code,
        meter_description,
        billing_frequency,
        customer_id,
        product_id,
        sku_id,
        currency,
        quantity,
        subtotal,
        order_at
    from {{ ref('int_billed_lines') }}
),

documents as (
    select
        invoice_id,
        is_counted
    from {{ ref('int_documents') }}
),

classified as (
    select
        identities.invoice_line_id,
        identities.line_hash,
        identities.occurrence_number,
        identities._partition,
        identities._page,
        identities._position,
        lines.customer_id,
        lines.product_id,
        lines.sku_id,
        lines.currency,
        lines.order_at,
        {{ line_class(
            'lines.billing_provider', 'lines.line_item_type', 'lines.charge_type', 'lines.credit_reason_code',
            'coalesce(line_orders.resolved_billing_cycle, confirmed.resolved_billing_cycle)', 'lines.meter_description', 'lines.billing_frequency'
        ) }} as line_class,
        {{ as_rate(signed_quantity('lines.quantity', 'lines.subtotal', 'lines.charge_type')) }} as signed_quantity,
        coalesce(documents.is_counted, true) as is_counted,
        case when confirmed.order_item_id is not null then '5_confirmed' else line_orders.match_pass end as match_pass,
        coalesce(line_orders.resolved_order_id, confirmed.resolved_order_id) as resolved_order_id,
        coalesce(line_orders.resolved_customer_id, confirmed.resolved_customer_id) as resolved_customer_id,
        coalesce(line_orders.order_item_id, confirmed.order_item_id) as order_item_id
    from lines
    inner join {{ ref('int_line_identities') }} as identities
        on
            lines._partition = identities._partition
            and lines._page = identities._page
            and lines._position = identities._position
    left join documents on lines.invoice_id = documents.invoice_id
    left join {{ ref('int_line_orders') }} as line_orders on identities.reference_key = line_orders.reference_key
    left join {{ ref('int_confirmed_orders') }} as confirmed on identities.invoice_line_id = confirmed.invoice_line_id
)

select
    invoice_line_id,
    line_hash,
    occurrence_number,
    _partition,
    _page,
    _position,
    customer_id,
    product_id,
    sku_id,
    currency,
    order_at,
    line_class,
    signed_quantity,
    is_counted,
    line_class = 'one_time' and is_counted as is_charge,
    resolved_order_id,
    resolved_customer_id,
    coalesce(order_item_id is not null, false) as is_order_line_found,
    case when line_class = 'one_time' and is_counted then order_item_id end as order_item_id,
    case when line_class = 'one_time' and is_counted and order_item_id is not null then match_pass end as match_pass
from classified
