-- Rule: the last estimate of a month listed an order item as not billed yet; the month is invoiced, and the item is still not charged in full.
-- Grain: one row per order item and unbilled month that breaks the rule.
with unbilled as (
    select
        order_item_id,
        month,
        currency,
        unbilled_quantity,
        unbilled_subtotal,
        due_period
    from {{ ref('int_unbilled_items') }}
),

order_items as (
    select
        order_item_id,
        order_id,
        customer_id,
        product_id,
        sku_id,
        expected_quantity,
        charged_quantity,
        is_in_scope,
        is_quantity_comparable,
        timing_code,
        due_at,
        last_invoice_id
    from {{ ref('int_order_items') }}
),

invoiced as (
    select
        period,
        currency,
        max(invoice_at) as invoice_at
    from {{ ref('int_documents') }}
    where is_counted and is_read and invoice_type = 'one_time' and has_invoice_details
    group by period, currency
),

currencies as (
    select
        currency,
        minor_digits
    from {{ ref('currencies') }}
),

lost as (
    select
        order_items.*,
        unbilled.month,
        unbilled.currency,
        unbilled.unbilled_quantity,
        unbilled.due_period,
        unbilled.order_item_id || '|' || unbilled.month as item_month,
        abs(unbilled.unbilled_subtotal) as at_risk,
        invoiced.invoice_at,
        coalesce(currencies.minor_digits, 2) as currency_digits
    from unbilled
    inner join order_items on unbilled.order_item_id = order_items.order_item_id
    inner join invoiced on unbilled.due_period = invoiced.period and unbilled.currency = invoiced.currency
    left join currencies on unbilled.currency = currencies.currency
    where order_items.is_in_scope
        and order_items.is_quantity_comparable is not false
        and order_items.charged_quantity < order_items.expected_quantity
        and order_items.timing_code is null
        and unbilled.unbilled_quantity > 0
),

breaks as (
    select
        {{ break_row('unbilled_lost', 'order_item_month', with_columns(order_item_keys(), {
            'grain_key': 'item_month',
            'period': 'due_period',
            'currency': 'currency',
            'expected_quantity': 'expected_quantity',
            'actual_quantity': 'charged_quantity',
            'at_risk_amount': 'at_risk',
            'direction': "'under'",
            'business_at': 'invoice_at',
            'explanation': "'listed ' || " ~ quantity_text('unbilled_quantity') ~ " || ' as not billed in ' || month
                || ', ordered ' || " ~ quantity_text('expected_quantity') ~ " || ', charged '
                || " ~ quantity_text('charged_quantity') ~ " || ', though ' || due_period || ' is invoiced'
                || " ~ at_risk_text('at_risk', 'currency', 'currency_digits')
        })) }}
    from lost
)

select * from breaks
