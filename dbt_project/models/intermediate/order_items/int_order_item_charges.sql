-- Grain: one row per order item with charges: how many, how much, the latest of each kind.
with charges as (
    select
        invoice_line_id,
        order_item_id,
        invoice_id,
        invoice_at,
        charge_type,
        signed_quantity,
        subtotal,
        case
            when subtotal > 0 or (subtotal = 0 and signed_quantity > 0) then 'positive'
            when subtotal < 0 or (subtotal = 0 and signed_quantity < 0) then 'negative'
            else 'none'
        end as direction,
        row_number() over (
            partition by order_item_id
            order by invoice_at desc nulls last, invoice_id desc, invoice_line_id desc
        ) as recency
    from {{ ref('int_lines') }}
    where is_charge and order_item_id is not null
),

per_item as (
    select
        order_item_id,
        sum(signed_quantity) as charged_quantity,
        sum(case when direction = 'positive' then 1 else 0 end) as positive_charge_count,
        sum(case when direction = 'negative' then 1 else 0 end) as negative_charge_count,
        -- A change without an amount has no direction, and a charge without a quantity is not one of 0.
        max(case when signed_quantity is null or (subtotal = 0 and {{ is_quantity_change('charge_type') }}) then 1 else 0 end) = 0
            as is_quantity_comparable,
        min(invoice_at) as first_charged_at,
        max(invoice_at) as last_charged_at,
        max(case when direction = 'positive' then invoice_at end) as last_purchase_at,
        max(case when recency = 1 then invoice_id end) as last_invoice_id
    from charges
    group by order_item_id
)

select
    order_item_id,
    {{ as_rate('charged_quantity') }} as charged_quantity,
    {{ as_count('positive_charge_count') }} as positive_charge_count,
    {{ as_count('negative_charge_count') }} as negative_charge_count,
    is_quantity_comparable,
    first_charged_at,
    last_charged_at,
    last_purchase_at,
    last_invoice_id
from per_item
