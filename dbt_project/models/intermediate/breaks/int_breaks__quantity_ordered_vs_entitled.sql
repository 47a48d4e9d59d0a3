-- Rule: ordered, charged and entitled, but the customer is entitled to another quantity than ordered.
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
        entitled_quantity,
        unit_amount,
        due_period,
        is_in_scope,
        is_entitlements_read,
        is_entitlement_expected,
        is_term_over,
        is_window_provisioning,
        is_window_deprovisioning,
        last_invoice_id,
        last_charged_at,
        timing_due_at,
        due_at
    from {{ ref('int_order_items') }}
),

-- Ordered minus entitled: what we pay for and the customer does not have is positive.
different as (
    select
        *,
        {{ multiply_money('unit_amount', '(expected_quantity - entitled_quantity)', 'currency_digits') }} as difference,
        expected_quantity - entitled_quantity as quantity_difference
    from order_items
    where is_in_scope
        and is_entitlements_read
        and is_entitlement_expected
        and is_term_over is not true
        and charged_quantity > 0
        and expected_quantity > 0
        and entitled_quantity > 0
        and entitled_quantity <> expected_quantity
        and is_window_provisioning is not true
        and is_window_deprovisioning is not true
),

breaks as (
    select
        {{ break_row('quantity_ordered_vs_entitled', 'order_item', with_columns(order_item_keys(), {
            'difference_amount': 'difference',
            'expected_quantity': 'expected_quantity',
            'actual_quantity': 'entitled_quantity',
            'at_risk_amount': 'abs(difference)',
            'direction': direction_by_sign('quantity_difference'),
            'explanation': "'ordered ' || " ~ quantity_text('expected_quantity') ~ " || ', entitled '
                || " ~ quantity_text('entitled_quantity') ~ "
                || " ~ at_risk_text('abs(difference)', 'coalesce(charged_currency, order_currency)', 'currency_digits')
        })) }}
    from different
)

select * from breaks
