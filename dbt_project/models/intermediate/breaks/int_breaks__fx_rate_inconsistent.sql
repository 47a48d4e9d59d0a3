-- Rule: a line is converted at another rate than most of the money of its two currencies and rate date.
-- Grain: one row per line that breaks the rule.
with other_rates as (
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
        pricing_currency,
        expected_rate,
        rate_day,
        difference_amount,
        currency,
        currency_digits,
        invoice_at,
        period
    from {{ ref('int_line_rates') }}
    where not is_same_currency
        and fx_rate <> expected_rate
),

breaks as (
    select
        {{ break_row('fx_rate_inconsistent', 'line', with_columns(line_keys(), {
            'difference_amount': 'difference_amount',
            'at_risk_amount': 'abs(difference_amount)',
            'direction': direction_by_sign('difference_amount'),
            'explanation': "'converted from ' || pricing_currency || ' at ' || " ~ decimal_text('fx_rate') ~ " || ', but the rate of ' || rate_day
                || ' is ' || " ~ decimal_text('expected_rate') ~ "
                || " ~ at_risk_text('abs(difference_amount)', 'currency', 'currency_digits')
        })) }}
    from other_rates
)

select * from breaks
