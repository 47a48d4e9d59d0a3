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
        pricing_currency,
        currency,
        currency_digits,
        net_quantity,
        last_invoice_id,
        last_invoice_at,
        period
    from {{ ref('int_charge_groups') }}
),

tolerances as (
    select
        currency,
        minor_digits,
        tolerance_amount
    from {{ ref('currencies') }}
),

-- The tolerance is that of the compared amount: a minor unit of yen would hide a dollar.
-- A refund of an order from before the first loaded period has its purchase outside the data.
over_credited as (
    select
        charge_groups.*,
        coalesce(tolerances.minor_digits, 2) as pricing_digits,
        abs(charge_groups.subtotal_sum) as at_risk
    from charge_groups
    left join tolerances
        on coalesce(charge_groups.pricing_currency, charge_groups.currency) = tolerances.currency
    where charge_groups.is_before_horizon is not true
        and (
            charge_groups.pricing_subtotal_sum < -coalesce(tolerances.tolerance_amount, {{ as_money("'0.01'") }})
            or (charge_groups.negative_count > 0 and charge_groups.positive_count = 0)
        )
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
                || case when pricing_currency <> currency and pricing_subtotal_sum <> subtotal_sum then ' ('
                || " ~ amount_text('pricing_subtotal_sum', 'pricing_currency', 'pricing_digits') ~ " || ' by price)' else '' end
                || ' from ' || " ~ count_text('positive_count', 'purchase') ~ " || ' and ' || " ~ count_text('negative_count', 'refund') ~ "
                || " ~ at_risk_text('at_risk', 'currency', 'currency_digits')
        })) }}
    from over_credited
)

select * from breaks
