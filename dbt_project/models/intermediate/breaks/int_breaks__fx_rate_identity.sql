-- Rule: pricing and billing currency of a line are the same, and its exchange rate is not 1.
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
        pricing_amount,
        fx_rate - 1 as excess_rate,
        currency,
        currency_digits,
        tolerance_amount,
        invoice_at,
        period
    from {{ ref('int_line_formulas') }}
    where pricing_currency = currency
        and fx_rate <> 1
),

measured as (
    select
        *,
        {{ multiply_decimals('pricing_amount', 'excess_rate') }} as difference
    from converted
),

breaks as (
    select
        {{ break_row('fx_rate_identity', 'line', with_columns(line_keys(), {
            'difference_amount': 'difference',
            'at_risk_amount': 'abs(difference)',
            'direction': direction_by_sign('difference'),
            'explanation': "'priced and billed in ' || currency || ', but converted at ' || " ~ decimal_text('fx_rate') ~ "
                || " ~ at_risk_text('abs(difference)', 'currency', 'currency_digits')
        })) }}
    from measured
)

select * from breaks
