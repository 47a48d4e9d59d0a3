-- Rule: an order was reduced and as many units were credited, but less money than the terms of refund promise.
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
        reduced_at,
        is_reduction_assumed,
        due_period,
        is_in_scope,
        is_quantity_comparable,
        was_ever_reduced,
        last_invoice_id,
        last_charged_at,
        timing_due_at,
        due_at
    from {{ ref('int_order_items') }}
),

refunds as (
    select
        refunds.order_item_id,
        refunds.pricing_currency,
        refunds.pricing_digits,
        refunds.refunded_amount,
        refunds.expected_refund_amount,
        refunds.expected_refund_amount - refunds.refunded_amount as missing_amount,
        refunds.fx_rate
    from {{ ref('int_order_item_refunds') }} as refunds
    left join {{ ref('currencies') }} as currencies on refunds.pricing_currency = currencies.currency
    where
        refunds.expected_refund_amount - refunds.refunded_amount
        > coalesce(currencies.tolerance_amount, {{ as_money("'0.01'") }})
),

-- Compared in the pricing currency, where no rate of exchange disturbs; shown at the rate of the purchase.
short as (
    select
        order_items.*,
        refunds.pricing_currency,
        refunds.pricing_digits,
        refunds.refunded_amount,
        refunds.expected_refund_amount,
        {{ multiply_decimals('refunds.missing_amount', 'refunds.fx_rate') }} as converted_amount
    from order_items
    inner join refunds on order_items.order_item_id = refunds.order_item_id
    where order_items.is_in_scope
        and order_items.is_quantity_comparable is not false
        and order_items.was_ever_reduced
        and order_items.charged_quantity = order_items.expected_quantity
),

-- Nobody credits less than a minor unit: what stands beyond it comes of the rate.
cut_to_units as (
    select
        *,
        {{ truncate_to_currency('converted_amount', 'currency_digits') }} as shortfall
    from short
),

breaks as (
    select
        {{ break_row('credit_short', 'order_item', with_columns(order_item_keys(), {
            'difference_amount': 'shortfall',
            'expected_quantity': 'expected_quantity',
            'actual_quantity': 'charged_quantity',
            'at_risk_amount': 'shortfall',
            'direction': "'over'",
            'explanation': "'credited ' || " ~ amount_text('refunded_amount', 'pricing_currency', 'pricing_digits')
                ~ " || ', due for the reduction' || " ~ reduction_day_text('of', is_assumed_day_named=false) ~ "
                || ' is ' || " ~ amount_text('expected_refund_amount', 'pricing_currency', 'pricing_digits') ~ "
                || " ~ at_risk_text('shortfall', 'charged_currency', 'currency_digits')
        })) }}
    from cut_to_units
)

select * from breaks
