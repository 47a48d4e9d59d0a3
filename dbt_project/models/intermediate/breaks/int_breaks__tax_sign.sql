-- Rule: tax and subtotal of a billed line have opposite signs.
-- Grain: one row per line that breaks the rule.
with opposite as (
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
        tax_total,
        2 * abs(tax_total) as at_risk,
        currency,
        currency_digits,
        tolerance_amount,
        invoice_at,
        period
    from {{ ref('int_lines') }}
    where is_counted
        and line_item_type = 'billing'
        and {{ sign_of('subtotal') }} * {{ sign_of('tax_total') }} < 0
),

breaks as (
    select
        {{ break_row('tax_sign', 'line', with_columns(line_keys(), {
            'expected_amount': '-tax_total',
            'actual_amount': 'tax_total',
            'difference_amount': '2 * tax_total',
            'at_risk_amount': 'at_risk',
            'direction': direction_by_sign('tax_total'),
            'explanation': "'tax ' || " ~ amount_text('tax_total', 'currency', 'currency_digits') ~ " || ' on a subtotal of '
                || " ~ amount_text('subtotal', 'currency', 'currency_digits') ~ "
                || " ~ at_risk_text('at_risk', 'currency', 'currency_digits')
        })) }}
    from opposite
)

select * from breaks
