-- Exchange rates of lines beside the rate that they ought to have.
-- Grain: one row per billed line of `int_line_formulas` whose currencies are known and, where they differ, its rate date.
{{ config(materialized='table') }}

with converted as (
    select
        *,
        pricing_currency = currency as is_same_currency,
        {{ as_text("cast(fx_rate_at as date)") }} as rate_day
    from {{ ref('int_line_formulas') }}
    where pricing_currency = currency
        or (pricing_currency <> currency and fx_rate_at is not null)
),

-- The rate of most money; of two with the same money the lower one.
rates as (
    select
        pricing_currency,
        currency,
        rate_day,
        fx_rate,
        row_number() over (
            partition by pricing_currency, currency, rate_day
            order by sum(abs(subtotal)) desc, fx_rate asc
        ) as preference
    from converted
    where not is_same_currency
    group by pricing_currency, currency, rate_day, fx_rate
),

expected as (
    select
        converted.*,
        case when converted.is_same_currency then 1 else rates.fx_rate end as expected_rate
    from converted
    left join rates
        on converted.pricing_currency = rates.pricing_currency
        and converted.currency = rates.currency
        and converted.rate_day = rates.rate_day
        and rates.preference = 1
),

measured as (
    select
        *,
        {{ multiply_decimals('pricing_amount', '(fx_rate - expected_rate)') }} as difference_amount
    from expected
)

select
    invoice_line_id,
    invoice_id,
    order_item_id,
    charge_group_id,
    customer_id,
    order_id,
    resolved_order_id,
    product_id,
    sku_id,
    pricing_currency,
    pricing_amount,
    is_same_currency,
    fx_rate,
    {{ as_rate('expected_rate') }} as expected_rate,
    rate_day,
    {{ as_money('difference_amount') }} as difference_amount,
    currency,
    currency_digits,
    invoice_at,
    period
from measured
