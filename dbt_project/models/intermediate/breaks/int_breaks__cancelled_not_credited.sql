-- Rule: an order was cancelled or reduced, and the invoice that should carry the credit is due, but more is still charged.
-- Grain: one row per order item that breaks the rule.
with order_items as (
    select
        order_item_id,
        order_id,
        customer_id,
        product_id,
        sku_id,
        order_currency,
        charged_currency,
        currency_digits,
        expected_quantity,
        charged_quantity,
        unit_amount,
        reduced_at,
        is_reduction_assumed,
        last_change,
        due_period,
        is_in_scope,
        is_quantity_comparable,
        is_window_credit_due,
        last_invoice_id,
        last_charged_at,
        timing_due_at,
        due_at
    from {{ ref('int_order_items') }}
),

not_credited as (
    select
        *,
        {{ multiply_money('unit_amount', '(charged_quantity - expected_quantity)', 'currency_digits') }} as difference
    from order_items
    where is_in_scope
        and is_quantity_comparable is not false
        and charged_quantity > expected_quantity
        and last_change = 'decrease'
        and is_window_credit_due is not true
),

breaks as (
    select
        {{ break_row('cancelled_not_credited', 'order_item', with_columns(order_item_keys(), {
            'difference_amount': 'difference',
            'expected_quantity': 'expected_quantity',
            'actual_quantity': 'charged_quantity',
            'at_risk_amount': 'abs(difference)',
            'direction': "'over'",
            'explanation': "'reduced to ' || " ~ quantity_text('expected_quantity') ~ " || " ~ reduction_day_text() ~ "
                || ', still charged ' || " ~ quantity_text('charged_quantity') ~ "
                || " ~ at_risk_text('abs(difference)', 'charged_currency', 'currency_digits')
        })) }}
    from not_credited
)

select * from breaks
