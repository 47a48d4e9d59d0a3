-- Rule: nothing is ordered any more, the time to take it away is over, and the customer is still entitled to it.
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
        expected_quantity,
        held_quantity,
        reduced_at,
        is_reduction_assumed,
        deprovisioning_due_at,
        due_period,
        is_in_scope,
        is_entitlements_read,
        was_ever_reduced,
        is_window_deprovisioning,
        last_invoice_id,
        last_charged_at,
        timing_due_at,
        due_at
    from {{ ref('int_order_items') }}
),

-- What was handed over to someone else is not held any more; an item that only tells of changes was never bought.
still_entitled as (
    select *
    from order_items
    where is_in_scope
        and is_entitlements_read
        and was_ever_reduced
        and expected_quantity = 0
        and held_quantity > 0
        and is_window_deprovisioning is not true
),

breaks as (
    select
        {{ break_row('entitled_after_cancellation', 'order_item', with_columns(order_item_keys(), {
            'expected_quantity': '0',
            'actual_quantity': 'held_quantity',
            'direction': "'exposure'",
            'business_at': 'coalesce(last_charged_at, deprovisioning_due_at)',
            'explanation': "'reduced to 0' || " ~ reduction_day_text() ~ "
                || ', still entitled ' || " ~ quantity_text('held_quantity')
        })) }}
    from still_entitled
)

select * from breaks
