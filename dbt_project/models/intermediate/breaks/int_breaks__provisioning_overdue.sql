-- Rule: something was ordered, its delivery should be over, and its status still says that it is pending.
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
        pending_quantity,
        unit_amount,
        provisioning_due_at,
        due_period,
        is_in_scope,
        is_term_over,
        is_window_provisioning,
        last_invoice_id,
        last_charged_at,
        timing_due_at,
        due_at
    from {{ ref('int_order_items') }}
),

-- What is being delivered after its term has ended helps nobody any more.
overdue as (
    select
        *,
        {{ multiply_money('unit_amount', 'pending_quantity', 'currency_digits') }} as pending_amount
    from order_items
    where is_in_scope
        and pending_quantity > 0
        and expected_quantity > 0
        and is_term_over is not true
        and is_window_provisioning is not true
),

breaks as (
    select
        {{ break_row('provisioning_overdue', 'order_item', with_columns(order_item_keys(), {
            'expected_quantity': 'expected_quantity',
            'actual_quantity': 'expected_quantity - pending_quantity',
            'at_risk_amount': 'abs(pending_amount)',
            'direction': "'exposure'",
            'business_at': 'coalesce(last_charged_at, provisioning_due_at)',
            'explanation': "'ordered ' || " ~ quantity_text('expected_quantity') ~ " || ', still pending '
                || " ~ quantity_text('pending_quantity') ~ " || ', due on ' || " ~ day_text('provisioning_due_at') ~ "
                || " ~ at_risk_text('abs(pending_amount)', 'coalesce(charged_currency, order_currency)', 'currency_digits')
        })) }}
    from overdue
)

select * from breaks
