-- Rule: the subtotal of a billed line is not what its price, quantity and rate give by the documented formula.
-- Grain: one row per line that breaks the rule.
with different as (
    select
        invoice_line_id,
        invoice_id,
        order_item_id,
        charge_group_id,
        customer_id,
        coalesce(resolved_order_id, order_id) as order_id,
        product_id,
        sku_id,
        subtotal,
        effective_unit_price,
        billable_quantity,
        fx_rate,
        expected_subtotal,
        subtotal - expected_subtotal as difference,
        currency,
        currency_digits,
        tolerance_amount,
        invoice_at,
        period
    from {{ ref('int_line_formulas') }}
    where charge_start_at is not null
        and abs(subtotal - expected_subtotal) > tolerance_amount
),

breaks as (
    select
        {{ break_row('line_formula', 'line', with_columns(line_keys(), {
            'expected_amount': 'expected_subtotal',
            'actual_amount': 'subtotal',
            'difference_amount': 'difference',
            'at_risk_amount': 'abs(difference)',
            'direction': direction_by_sign('difference'),
            'explanation': "'subtotal ' || " ~ amount_text('subtotal', 'currency', 'currency_digits') ~ " || ', but '
                || " ~ decimal_text('effective_unit_price') ~ " || ' x ' || " ~ decimal_text('billable_quantity') ~ " || ' at rate '
                || " ~ decimal_text('fx_rate') ~ " || ' gives ' || " ~ amount_text('expected_subtotal', 'currency', 'currency_digits') ~ "
                || " ~ at_risk_text('abs(difference)', 'currency', 'currency_digits')
        })) }}
    from different
)

select * from breaks
