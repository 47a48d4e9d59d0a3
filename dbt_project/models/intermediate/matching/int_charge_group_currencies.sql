-- Grain: one row per charge group and currency it was charged in.
with charges as (
    select
        charge_group_id,
        currency,
        currency_digits,
        subtotal,
        total,
        pricing_currency,
        {{ pricing_amount() }} as pricing_amount
    from {{ ref('int_lines') }}
    where is_charge
),

parts as (
    select
        charge_group_id,
        currency,
        row_number() over (
            partition by charge_group_id
            order by sum(abs(total)) desc, count(*) desc, currency asc nulls last
        ) as part_position,
        count(*) over (partition by charge_group_id) as currency_count,
        sum(total) as total_sum,
        sum(subtotal) as subtotal_sum,
        {{ sum_of_pricing_amounts() }} as pricing_subtotal_sum,
        max(currency_digits) as currency_digits
    from charges
    group by charge_group_id, currency
)

select
    charge_group_id,
    currency,
    {{ as_count('currency_count') }} as currency_count,
    {{ as_money('total_sum') }} as total_sum,
    {{ as_money('subtotal_sum') }} as subtotal_sum,
    {{ as_money('pricing_subtotal_sum') }} as pricing_subtotal_sum,
    currency_digits,
    -- Where a group was charged in several currencies, the one with the greatest part speaks for it.
    part_position = 1 as is_main_currency
from parts
