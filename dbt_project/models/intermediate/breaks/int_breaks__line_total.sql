-- Rule: subtotal and tax of a billed line do not add up to its total.
-- Grain: one row per line that breaks the rule.
with lines as (
    select
        invoice_line_id,
        invoice_id,
        line_item_type,
        order_item_id,
        charge_group_id,
        customer_id,
        coalesce(resolved_order_id, order_id) as order_id,
        product_id,
        sku_id,
        subtotal,
        tax_total,
        total,
        currency,
        currency_digits,
        tolerance_amount,
        is_counted,
        invoice_at,
        period
    from {{ ref('int_lines') }}
),

different as (
    select
        *,
        subtotal + tax_total as expected,
        total - (subtotal + tax_total) as difference
    from lines
    where is_counted
        and line_item_type = 'billing'
        and abs(total - (subtotal + tax_total)) > tolerance_amount
),

breaks as (
    select
        {{ break_row('line_total', 'line', with_columns(line_keys(), {
            'expected_amount': 'expected',
            'actual_amount': 'total',
            'difference_amount': 'difference',
            'at_risk_amount': 'abs(difference)',
            'direction': direction_by_sign('difference'),
            'explanation': "'total ' || " ~ amount_text('total', 'currency', 'currency_digits') ~ " || ', but subtotal '
                || " ~ amount_text('subtotal', 'currency', 'currency_digits') ~ " || ' and tax '
                || " ~ amount_text('tax_total', 'currency', 'currency_digits') ~ "
                || " ~ at_risk_text('abs(difference)', 'currency', 'currency_digits')
        })) }}
    from different
)

select * from breaks
