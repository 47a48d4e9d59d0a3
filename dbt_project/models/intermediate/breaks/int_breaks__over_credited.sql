-- Rule: more was refunded than charged, in the currency of the price, or refunded without any purchase.
-- Grain: one row per charge group that breaks the rule.
with charge_groups as (
    select
        charge_group_id,
        order_item_id,
        customer_id,
        order_id,
        product_id,
        sku_id,
        is_before_horizon,
        positive_count,
        negative_count,
        pricing_subtotal_sum,
        subtotal_sum,
        tolerance_amount,
        currency,
        currency_digits,
        net_quantity,
        last_invoice_id,
        last_invoice_at,
        period
    from {{ ref('int_charge_groups') }}
),

-- A refund of an order from before the first loaded period has its purchase outside the data.
over_credited as (
    select
        *,
        abs(subtotal_sum) as at_risk
    from charge_groups
    where is_before_horizon is not true
        and (pricing_subtotal_sum < -tolerance_amount or (negative_count > 0 and positive_count = 0))
),

breaks as (
    select
        {{ break_row('over_credited', 'charge_group', with_columns(charge_group_keys(), {
            'expected_amount': '0',
            'actual_amount': 'subtotal_sum',
            'difference_amount': 'subtotal_sum',
            'actual_quantity': 'net_quantity',
            'at_risk_amount': 'at_risk',
            'direction': "'under'",
            'explanation': "'charges and refunds add up to ' || " ~ amount_text('subtotal_sum', 'currency', 'currency_digits') ~ "
                || ' from ' || " ~ count_text('positive_count', 'purchase') ~ " || ' and ' || " ~ count_text('negative_count', 'refund') ~ "
                || " ~ at_risk_text('at_risk', 'currency', 'currency_digits')
        })) }}
    from over_credited
)

select * from breaks
