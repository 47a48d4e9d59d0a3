-- Rule: a line is converted at another rate than most of the money of its two currencies and rate date.
-- Grain: one row per line that breaks the rule.
with converted as (
    select
        invoice_line_id,
        invoice_id,
        order_item_id,
        charge_group_id,
        customer_id,
        coalesce(resolved_order_id, order_id) as order_id,
        product_id,
        sku_id,
        fx_rate,
        {{ as_text("cast(fx_rate_at as date)") }} as rate_day,
        pricing_currency,
        pricing_amount,
        subtotal,
        currency,
        currency_digits,
        tolerance_amount,
        invoice_at,
        period
    from {{ ref('int_line_formulas') }}
    where pricing_currency <> currency
        and fx_rate_at is not null
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
    group by pricing_currency, currency, rate_day, fx_rate
),

other_rates as (
    select
        converted.*,
        rates.fx_rate as usual_rate,
        converted.fx_rate - rates.fx_rate as excess_rate
    from converted
    inner join rates
        on converted.pricing_currency = rates.pricing_currency
        and converted.currency = rates.currency
        and converted.rate_day = rates.rate_day
        and rates.preference = 1
    where converted.fx_rate <> rates.fx_rate
),

measured as (
    select
        *,
        {{ multiply_decimals('pricing_amount', 'excess_rate') }} as difference
    from other_rates
),

breaks as (
    select
        {{ break_row('fx_rate_inconsistent', 'line', with_columns(line_keys(), {
            'difference_amount': 'difference',
            'at_risk_amount': 'abs(difference)',
            'direction': direction_by_sign('difference'),
            'explanation': "'converted from ' || pricing_currency || ' at ' || " ~ decimal_text('fx_rate') ~ " || ', but the rate of ' || rate_day
                || ' is ' || " ~ decimal_text('usual_rate') ~ "
                || " ~ at_risk_text('abs(difference)', 'currency', 'currency_digits')
        })) }}
    from measured
)

select * from breaks
