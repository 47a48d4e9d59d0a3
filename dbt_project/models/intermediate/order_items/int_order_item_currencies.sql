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
        tolerance_amount,
        currency_digits,
        {{ pricing_amount() }} as pricing_amount
    from {{ ref('int_lines') }}
    where is_charge and order_item_id is not null
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
        row_number() over (
            partition by order_item_id
            order by sum(abs(total)) desc, count(*) desc, currency asc nulls last
        ) as part_position
    from charges
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
    -- Where an item was charged in several currencies, the one with the greatest part speaks for it.
    part_position = 1 as is_main_currency
from per_currency
