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
        currency,
        currency_digits,
        pricing_currency,
        effective_unit_price,
        fx_rate,
        case
            when subtotal > 0 or (subtotal = 0 and signed_quantity > 0) then 'positive'
            when subtotal < 0 or (subtotal = 0 and signed_quantity < 0) then 'negative'
            else 'none'
        end as direction,
        row_number() over (
            partition by order_item_id
            order by invoice_at desc nulls last, invoice_id desc, invoice_line_id desc
        ) as recency,
        row_number() over (
            partition by order_item_id
            order by
                case when subtotal > 0 or (subtotal = 0 and signed_quantity > 0) then 0 else 1 end asc,
                invoice_at desc nulls last,
                order_at desc nulls last,
                invoice_line_id desc
        ) as positive_recency
    from {{ ref('int_lines') }}
    where is_charge and order_item_id is not null
),

per_item as (
    select
        order_item_id,
        sum(signed_quantity) as charged_quantity,
        sum(case when direction = 'positive' then 1 else 0 end) as positive_charge_count,
        sum(case when direction = 'negative' then 1 else 0 end) as negative_charge_count,
        max(case when subtotal = 0 and {{ is_quantity_change('charge_type') }} then 1 else 0 end) = 0
            as is_quantity_comparable,
        min(invoice_at) as first_charged_at,
        max(invoice_at) as last_charged_at,
        max(case when direction = 'positive' then invoice_at end) as last_purchase_at,
        max(case when recency = 1 then invoice_id end) as last_invoice_id
    from charges
    group by order_item_id
),

unit_amounts as (
    select
        order_item_id,
        case
            when fx_rate is not null
                then {{ multiply_money('effective_unit_price', 'fx_rate', 'currency_digits') }}
            when pricing_currency is null or pricing_currency = currency
                then {{ truncate_to_currency('effective_unit_price', 'currency_digits') }}
        end as unit_amount
    from charges
    where positive_recency = 1 and direction = 'positive'
)

select
    per_item.order_item_id,
    {{ as_rate('per_item.charged_quantity') }} as charged_quantity,
    {{ as_count('per_item.positive_charge_count') }} as positive_charge_count,
    {{ as_count('per_item.negative_charge_count') }} as negative_charge_count,
    per_item.is_quantity_comparable,
    per_item.first_charged_at,
    per_item.last_charged_at,
    per_item.last_purchase_at,
    per_item.last_invoice_id,
    {{ as_rate('unit_amounts.unit_amount') }} as unit_amount
from per_item
left join unit_amounts on per_item.order_item_id = unit_amounts.order_item_id
