-- Rule: the quantity charged over all invoices is not the quantity ordered, and no narrower rule explains it.
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
        due_period,
        is_in_scope,
        is_quantity_comparable,
        is_window_on_unbilled,
        is_window_not_yet_invoiced,
        is_window_credit_due,
        last_invoice_id,
        last_charged_at,
        timing_due_at,
        due_at
    from {{ ref('int_order_items') }}
),

-- A credit that is still to come explains a surplus as well as a missing one (`cancelled_not_credited`) does.
different as (
    select
        *,
        {{ multiply_money('unit_amount', '(charged_quantity - expected_quantity)', 'currency_digits') }} as difference,
        charged_quantity - expected_quantity as quantity_difference
    from order_items
    where is_in_scope
        and is_quantity_comparable is not false
        and charged_quantity <> 0
        and charged_quantity <> expected_quantity
        and is_window_on_unbilled is not true
        and is_window_not_yet_invoiced is not true
        and is_window_credit_due is not true
),

breaks as (
    select
        {{ break_row('quantity_charged_vs_ordered', 'order_item', with_columns(order_item_keys(), {
            'difference_amount': 'difference',
            'expected_quantity': 'expected_quantity',
            'actual_quantity': 'charged_quantity',
            'at_risk_amount': 'abs(difference)',
            'direction': direction_by_sign('quantity_difference'),
            'explanation': "'charged ' || " ~ quantity_text('charged_quantity') ~ " || ', ordered '
                || " ~ quantity_text('expected_quantity') ~ "
                || " ~ at_risk_text('abs(difference)', 'charged_currency', 'currency_digits')
        })) }}
    from different
)

select * from breaks
