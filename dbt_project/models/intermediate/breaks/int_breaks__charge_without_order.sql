-- Rule: charges for which no order was found by any confirmed pass, once their order had time to be listed.
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
        suggested_order_id,
        timing_code,
        currency,
        currency_digits,
        charge_count,
        total_sum,
        last_invoice_id,
        last_invoice_at,
        period
    from {{ ref('int_charge_groups') }}
),

-- Several candidates are `ambiguous_match`; the window `order_too_new` holds the rule back.
without_order as (
    select
        *,
        abs(total_sum) as at_risk
    from charge_groups
    where resolved_order_id is null
        and (coalesce(candidate_count, 0) = 0 or suggested_order_id is not null)
        and timing_code is distinct from 'order_too_new'
),

breaks as (
    select
        {{ break_row('charge_without_order', 'charge_group', with_columns(charge_group_keys(), {
            'expected_amount': '0',
            'actual_amount': 'total_sum',
            'difference_amount': 'total_sum',
            'at_risk_amount': 'at_risk',
            'direction': "'over'",
            'explanation': "'charged ' || " ~ amount_text('total_sum', 'currency', 'currency_digits') ~ " || ' in '
                || " ~ count_text('charge_count', 'charge') ~ " || " ~ no_order_text() ~ "
                || coalesce('; the only order that fits is ' || suggested_order_id, '')
                || " ~ at_risk_text('at_risk', 'currency', 'currency_digits')
        })) }}
    from without_order
)

select * from breaks
