-- Rule: the charges name a customer that is not among the partner's customers.
-- Grain: one row per charge group that breaks the rule.
with charge_groups as (
    select
        charge_group_id,
        order_item_id,
        customer_id,
        order_id,
        product_id,
        sku_id,
        customer_is_known,
        currency,
        currency_digits,
        total_sum,
        customer_total,
        last_invoice_id,
        last_invoice_at,
        period
    from {{ ref('int_charge_groups') }}
),

unknown as (
    select
        *,
        abs(total_sum) as at_risk
    from charge_groups
    where customer_is_known is not true
),

breaks as (
    select
        {{ break_row('customer_unknown', 'charge_group', with_columns(charge_group_keys(), {
            'actual_amount': 'total_sum',
            'at_risk_amount': 'at_risk',
            'direction': "'exposure'",
            'explanation': charged_to_customer_text() ~ " || ', who is not among the customers'
                || " ~ at_risk_text('at_risk', 'currency', 'currency_digits')
        })) }}
    from unknown
)

select * from breaks
