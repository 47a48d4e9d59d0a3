-- Rule: the order of the charges is known, but it has no line with that product and SKU.
-- Grain: one row per charge group that breaks the rule.
with charge_groups as (
    select
        charge_group_id,
        order_item_id,
        customer_id,
        order_id,
        product_id,
        sku_id,
        resolved_order_id,
        is_order_line_found,
        is_before_horizon,
        currency,
        currency_digits,
        total_sum,
        last_invoice_id,
        last_invoice_at,
        period
    from {{ ref('int_charge_groups') }}
),

not_on_order as (
    select
        *,
        abs(total_sum) as at_risk
    from charge_groups
    where resolved_order_id is not null
        and is_order_line_found is not true
        and is_before_horizon is not true
),

breaks as (
    select
        {{ break_row('item_not_on_order', 'charge_group', with_columns(charge_group_keys(), {
            'order_id': 'resolved_order_id',
            'expected_amount': '0',
            'actual_amount': 'total_sum',
            'difference_amount': 'total_sum',
            'at_risk_amount': 'at_risk',
            'direction': "'over'",
            'explanation': "'charged ' || " ~ amount_text('total_sum', 'currency', 'currency_digits') ~ " || ' for '
                || " ~ id_text('product_id') ~ " || ':' || " ~ id_text('sku_id') ~ "
                || ', which is on no line of order ' || resolved_order_id
                || " ~ at_risk_text('at_risk', 'currency', 'currency_digits')
        })) }}
    from not_on_order
)

select * from breaks
