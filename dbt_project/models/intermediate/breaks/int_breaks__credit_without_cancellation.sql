-- Rule: something was refunded although the order was never reduced, and less is charged than ordered.
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
        negative_charge_count,
        negative_total,
        was_ever_reduced,
        due_period,
        is_in_scope,
        is_quantity_comparable,
        last_invoice_id,
        last_charged_at,
        timing_due_at,
        due_at
    from {{ ref('int_order_items') }}
),

credited as (
    select
        *,
        abs(negative_total) as at_risk
    from order_items
    where is_in_scope
        and is_quantity_comparable is not false
        and negative_charge_count > 0
        and charged_quantity < expected_quantity
        and was_ever_reduced is not true
),

breaks as (
    select
        {{ break_row('credit_without_cancellation', 'order_item', with_columns(order_item_keys(), {
            'expected_amount': '0',
            'actual_amount': 'negative_total',
            'difference_amount': 'negative_total',
            'expected_quantity': 'expected_quantity',
            'actual_quantity': 'charged_quantity',
            'at_risk_amount': 'at_risk',
            'direction': "'under'",
            'explanation': "'refunded ' || " ~ amount_text('negative_total', 'charged_currency', 'currency_digits') ~ "
                || ', order never reduced: ordered ' || " ~ quantity_text('expected_quantity') ~ "
                || ', charged ' || " ~ quantity_text('charged_quantity') ~ "
                || " ~ at_risk_text('at_risk', 'charged_currency', 'currency_digits')
        })) }}
    from credited
)

select * from breaks
