-- Orders that an analyst confirmed for charges which name none that exists.
-- Grain: one row per billed line of a charge group with a confirmed order.
with confirmations as (
    select
        break_id,
        accept_order_id
    from {{ ref('int_break_annotations') }}
    where accept_order_id is not null
),

unresolved as (
    select
        identities.invoice_line_id,
        lines.product_id,
        lines.sku_id,
        {{ unordered_group_id(
            'lines.customer_id', 'lines.order_id', 'lines.alternate_id', 'lines.product_id', 'lines.sku_id',
            'identities.invoice_line_id'
        ) }} as charge_group_id
    from {{ ref('int_billed_lines') }} as lines
    inner join {{ ref('int_line_identities') }} as identities
        on
            lines._partition = identities._partition
            and lines._page = identities._page
            and lines._position = identities._position
    left join {{ ref('int_line_orders') }} as line_orders on identities.reference_key = line_orders.reference_key
    where line_orders.resolved_order_id is null
        and lines.billing_provider = 'onetime'
),

-- The note was made about the break that the group was; whether one order fitted or several is no matter now.
breaks as (
    select
        invoice_line_id,
        product_id,
        sku_id,
        {{ hash_of(["'charge_without_order'", 'charge_group_id']) }} as break_id
    from unresolved
    union all
    select
        invoice_line_id,
        product_id,
        sku_id,
        {{ hash_of(["'ambiguous_match'", 'charge_group_id']) }} as break_id
    from unresolved
),

confirmed as (
    select
        breaks.invoice_line_id,
        breaks.product_id,
        breaks.sku_id,
        max(confirmations.accept_order_id) as order_id
    from breaks
    inner join confirmations on breaks.break_id = confirmations.break_id
    group by breaks.invoice_line_id, breaks.product_id, breaks.sku_id
)

select
    confirmed.invoice_line_id,
    orders.order_id as resolved_order_id,
    orders.customer_id as resolved_customer_id,
    orders.billing_cycle as resolved_billing_cycle,
    items.order_item_id
from confirmed
inner join {{ ref('int_orders') }} as orders on confirmed.order_id = orders.order_id
inner join (select distinct order_item_id from {{ ref('int_order_lines') }}) as items
    on items.order_item_id = {{ hash_of(['confirmed.order_id', 'confirmed.product_id', 'confirmed.sku_id']) }}
