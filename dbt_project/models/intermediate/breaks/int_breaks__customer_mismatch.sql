-- Rule: the charges name a customer whose order it is not.
-- Grain: one row per charge group that breaks the rule.
with charge_groups as (
    select
        charge_group_id,
        order_item_id,
        customer_id,
        order_id,
        product_id,
        sku_id,
        match_pass,
        resolved_customer_id,
        currency,
        currency_digits,
        total_sum,
        customer_total,
        last_invoice_id,
        last_invoice_at,
        period
    from {{ ref('int_charge_groups') }}
),

other_customer as (
    select
        *,
        abs(total_sum) as at_risk
    from charge_groups
    where match_pass = '4_other_customer'
),

breaks as (
    select
        {{ break_row('customer_mismatch', 'charge_group', with_columns(charge_group_keys(), {
            'actual_amount': 'total_sum',
            'at_risk_amount': 'at_risk',
            'direction': "'exposure'",
            'explanation': charged_to_customer_text() ~ " || ', but order ' || " ~ id_text('order_id') ~ "
                || ' belongs to customer ' || " ~ id_text('resolved_customer_id') ~ "
                || " ~ at_risk_text('at_risk', 'currency', 'currency_digits')
        })) }}
    from other_customer
)

select * from breaks
