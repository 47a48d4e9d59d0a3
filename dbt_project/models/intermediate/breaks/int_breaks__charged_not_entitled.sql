-- Rule: ordered and charged, the term runs, and the customer has no entitlement for it.
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
        charged_total,
        entitled_quantity,
        due_period,
        is_in_scope,
        is_entitlements_read,
        is_entitlement_expected,
        is_term_over,
        is_window_provisioning,
        last_invoice_id,
        last_charged_at,
        timing_due_at,
        due_at
    from {{ ref('int_order_items') }}
),

-- Nothing is at risk where refunds already outweigh the charges.
not_entitled as (
    select
        *,
        case when charged_total > 0 then charged_total else 0 end as at_risk
    from order_items
    where is_in_scope
        and is_entitlements_read
        and is_entitlement_expected
        and is_term_over is not true
        and charged_quantity > 0
        and expected_quantity > 0
        and coalesce(entitled_quantity, 0) = 0
        and is_window_provisioning is not true
),

breaks as (
    select
        {{ break_row('charged_not_entitled', 'order_item', with_columns(order_item_keys(), {
            'expected_amount': '0',
            'actual_amount': 'charged_total',
            'difference_amount': 'charged_total',
            'expected_quantity': 'expected_quantity',
            'actual_quantity': '0',
            'at_risk_amount': 'at_risk',
            'direction': "'over'",
            'explanation': "'charged ' || " ~ quantity_text('charged_quantity') ~ " || ', ordered '
                || " ~ quantity_text('expected_quantity') ~ " || ', entitled 0'
                || " ~ at_risk_text('at_risk', 'charged_currency', 'currency_digits')
        })) }}
    from not_entitled
)

select * from breaks
