-- Rule: a completed order should be on its month's invoice, that invoice is loaded, and nothing was charged.
-- Grain: one row per order item that breaks the rule.
with order_items as (
    select
        order_item_id,
        order_id,
        customer_id,
        product_id,
        sku_id,
        order_status,
        order_currency,
        order_currency_digits,
        expected_quantity,
        expected_amount,
        charged_quantity,
        negative_charge_count,
        transaction_type,
        due_period,
        is_due_invoice_loaded,
        is_in_scope,
        is_quantity_comparable,
        is_window_on_unbilled,
        is_window_not_yet_invoiced,
        last_invoice_id,
        last_charged_at,
        timing_due_at,
        due_at
    from {{ ref('int_order_items') }}
),

-- An unknown amount is still not billed; an amount of 0 needs no charge. The money is the order's, in its currency,
-- whatever a charge of nothing may be in.
not_billed as (
    select
        *,
        abs(expected_amount) as at_risk,
        -expected_amount as difference
    from order_items
    where is_in_scope
        and {{ fold_word('order_status') }} = 'completed'
        and expected_quantity > 0
        and coalesce(charged_quantity, 0) = 0
        and coalesce(negative_charge_count, 0) = 0
        and coalesce(expected_amount, 1) <> 0
        and coalesce({{ fold_word('transaction_type') }}, '') <> 'systembilling'
        and is_quantity_comparable is not false
        and is_due_invoice_loaded
        and is_window_on_unbilled is not true
        and is_window_not_yet_invoiced is not true
),

breaks as (
    select
        {{ break_row('order_not_billed', 'order_item', with_columns(order_item_keys(), {
            'currency': 'order_currency',
            'expected_amount': 'expected_amount',
            'actual_amount': '0',
            'difference_amount': 'difference',
            'expected_quantity': 'expected_quantity',
            'actual_quantity': '0',
            'at_risk_amount': 'at_risk',
            'direction': "'under'",
            'explanation': "'ordered ' || " ~ quantity_text('expected_quantity') ~ " || ' for '
                || " ~ amount_text('expected_amount', 'order_currency', 'order_currency_digits') ~ "
                || ', charged 0, though the invoice of ' || due_period || ' is loaded'
                || " ~ at_risk_text('at_risk', 'order_currency', 'order_currency_digits')
        })) }}
    from not_billed
)

select * from breaks
