-- Rule: no order was found, and customer, product, quantity and date fit several orders (or charges) equally.
-- Grain: one row per charge group that breaks the rule.
with charge_groups as (
    select
        charge_group_id,
        order_item_id,
        customer_id,
        order_id,
        alternate_id,
        product_id,
        sku_id,
        resolved_order_id,
        candidate_count,
        candidate_order_count,
        suggested_order_id,
        currency,
        currency_digits,
        total_sum,
        last_invoice_id,
        last_invoice_at,
        period
    from {{ ref('int_charge_groups') }}
),

ambiguous as (
    select
        *,
        abs(total_sum) as at_risk
    from charge_groups
    where resolved_order_id is null
        and candidate_count > 0
        and suggested_order_id is null
),

breaks as (
    select
        {{ break_row('ambiguous_match', 'charge_group', with_columns(charge_group_keys(), {
            'actual_amount': 'total_sum',
            'at_risk_amount': 'at_risk',
            'direction': "'exposure'",
            'explanation': "'charged ' || " ~ amount_text('total_sum', 'currency', 'currency_digits') ~ "
                || " ~ no_order_text() ~ "
                || ' and ' || case when candidate_order_count = 1 then '1 order fits ' || " ~ count_text('candidate_count', 'charge') ~ "
                else " ~ count_text('coalesce(candidate_order_count, candidate_count)', 'order') ~ " || ' fit' end || ' equally'
                || " ~ at_risk_text('at_risk', 'currency', 'currency_digits')
        })) }}
    from ambiguous
)

select * from breaks
