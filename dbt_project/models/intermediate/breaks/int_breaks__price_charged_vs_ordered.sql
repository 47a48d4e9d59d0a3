-- Rule: one charge bills the quantity ordered, at another price than the order's.
-- Grain: one row per order item that breaks the rule.
with order_items as (
    select
        order_item_id,
        order_id,
        customer_id,
        product_id,
        sku_id,
        order_currency,
        order_tolerance_amount,
        order_currency_digits,
        charged_currency,
        charged_tolerance_amount,
        currency_digits,
        expected_quantity,
        expected_amount,
        listed_amount,
        charged_quantity,
        due_period,
        is_tax_inclusive,
        last_invoice_id,
        last_charged_at,
        timing_due_at,
        due_at
    from {{ ref('int_order_items') }}
    where is_in_scope
        and is_quantity_comparable is not false
        and positive_charge_count = 1
        and coalesce(negative_charge_count, 0) = 0
        and charged_quantity = expected_quantity
        and expected_amount is not null
),

charges as (
    select order_item_id, effective_unit_price, billable_quantity, quantity, pricing_currency, fx_rate, subtotal, total
    from {{ ref('int_lines') }}
    where is_charge
),

single_charges as (
    select order_item_id from charges group by order_item_id having count(*) = 1
),

-- In the billing currency the invoice's own amount is compared; in the pricing currency the price before the rate.
priced as (
    select
        order_items.*,
        charges.fx_rate,
        order_items.order_currency = order_items.charged_currency as is_billing_currency,
        case
            when order_items.order_currency <> order_items.charged_currency
                then {{ multiply_decimals('charges.effective_unit_price', 'coalesce(charges.billable_quantity, charges.quantity)') }}
            when order_items.is_tax_inclusive then charges.total
            else charges.subtotal
        end as charged_amount
    from order_items
    inner join charges on order_items.order_item_id = charges.order_item_id
    inner join single_charges on order_items.order_item_id = single_charges.order_item_id
    where order_items.order_currency in (order_items.charged_currency, charges.pricing_currency)
),

different as (
    select
        *,
        charged_amount - expected_amount as order_difference,
        case when is_billing_currency then 1 else fx_rate end as rate
    from priced
    where abs(charged_amount - expected_amount) > case when is_billing_currency then charged_tolerance_amount else order_tolerance_amount end
        and (not is_billing_currency or listed_amount is null or abs(charged_amount - listed_amount) > charged_tolerance_amount)
),

converted as (
    select
        *,
        {{ multiply_decimals('order_difference', 'rate') }} as difference
    from different
),

breaks as (
    select
        {{ break_row('price_charged_vs_ordered', 'order_item', with_columns(order_item_keys(), {
            'expected_amount': 'case when is_billing_currency then expected_amount end',
            'actual_amount': 'case when is_billing_currency then charged_amount end',
            'difference_amount': truncate_to_currency('difference', 'currency_digits'),
            'expected_quantity': 'expected_quantity',
            'actual_quantity': 'charged_quantity',
            'at_risk_amount': truncate_to_currency('abs(difference)', 'currency_digits'),
            'direction': direction_by_sign('order_difference'),
            'explanation': "'charged ' || " ~ amount_text('charged_amount', 'order_currency', 'order_currency_digits') ~ "
                || ', order says ' || " ~ amount_text('expected_amount', 'order_currency', 'order_currency_digits') ~ "
                || ' for ' || " ~ quantity_text('expected_quantity') ~ "
                || " ~ at_risk_text(truncate_to_currency('abs(difference)', 'currency_digits'), 'charged_currency', 'currency_digits')
        })) }}
    from converted
)

select * from breaks
