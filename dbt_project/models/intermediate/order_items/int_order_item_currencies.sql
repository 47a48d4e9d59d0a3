-- Grain: one row per order item and currency it was charged in.
with charges as (
    select
        order_item_id,
        currency,
        signed_quantity,
        subtotal,
        tax_total,
        total,
        pricing_currency,
        effective_unit_price,
        fx_rate,
        tolerance_amount,
        currency_digits,
        {{ pricing_amount() }} as pricing_amount,
        subtotal > 0 or (subtotal = 0 and signed_quantity > 0) as is_purchase,
        row_number() over (
            partition by order_item_id, currency
            order by
                case when subtotal > 0 or (subtotal = 0 and signed_quantity > 0) then 0 else 1 end asc,
                invoice_at desc nulls last,
                order_at desc nulls last,
                invoice_line_id desc
        ) as purchase_recency
    from {{ ref('int_lines') }}
    where is_charge and order_item_id is not null
),

-- What a unit costs is said in each currency by its own latest purchase: one of another currency has another price.
priced as (
    select
        *,
        case
            when purchase_recency > 1 or not is_purchase then null
            when fx_rate is not null
                then {{ multiply_money('effective_unit_price', 'fx_rate', 'currency_digits') }}
            when pricing_currency is null or pricing_currency = currency
                then {{ truncate_to_currency('effective_unit_price', 'currency_digits') }}
        end as unit_amount
    from charges
),

per_currency as (
    select
        order_item_id,
        currency,
        count(*) as charge_count,
        sum(signed_quantity) as charged_quantity,
        sum(subtotal) as charged_subtotal,
        sum(total) as charged_total,
        {{ sum_of_pricing_amounts() }} as charged_pricing_subtotal,
        sum(case when subtotal < 0 then total else 0 end) as negative_total,
        max(tolerance_amount) as tolerance_amount,
        max(currency_digits) as currency_digits,
        max(unit_amount) as unit_amount,
        row_number() over (
            partition by order_item_id
            order by sum(abs(total)) desc, count(*) desc, currency asc nulls last
        ) as part_position
    from priced
    group by order_item_id, currency
)

select
    order_item_id,
    currency,
    {{ as_count('charge_count') }} as charge_count,
    {{ as_rate('charged_quantity') }} as charged_quantity,
    {{ as_money('charged_subtotal') }} as charged_subtotal,
    {{ as_money('charged_total') }} as charged_total,
    {{ as_money('charged_pricing_subtotal') }} as charged_pricing_subtotal,
    {{ as_money('negative_total') }} as negative_total,
    tolerance_amount,
    currency_digits,
    {{ as_rate('unit_amount') }} as unit_amount,
    -- Where an item was charged in several currencies, the one with the greatest part speaks for it.
    part_position = 1 as is_main_currency
from per_currency
