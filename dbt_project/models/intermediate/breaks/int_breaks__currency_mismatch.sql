-- Rule: the charges of one item come in several currencies, or its order is in neither the billing nor the pricing currency.
-- Grain: one row per charge group that breaks the rule; amounts are those of the currency with the greatest part.
with charge_groups as (
    select
        charge_group_id,
        order_item_id,
        customer_id,
        order_id,
        product_id,
        sku_id,
        currency,
        currency_count,
        currency_digits,
        order_currency,
        pricing_currency,
        total_sum,
        last_invoice_id,
        last_invoice_at,
        period
    from {{ ref('int_charge_groups') }}
),

mixed as (
    select
        *,
        abs(total_sum) as at_risk,
        case
            when currency_count > 1 then 'charged in ' || {{ as_text('currency_count') }} || ' currencies, the greatest part is '
            else 'ordered in ' || order_currency || ', priced in ' || coalesce(pricing_currency, 'no currency') || ', charged '
        end as finding
    from charge_groups
    where currency_count > 1
        or (order_currency <> currency and order_currency is distinct from pricing_currency)
),

breaks as (
    select
        {{ break_row('currency_mismatch', 'charge_group', with_columns(charge_group_keys(), {
            'actual_amount': 'total_sum',
            'at_risk_amount': 'at_risk',
            'direction': "'exposure'",
            'explanation': "finding || " ~ amount_text('total_sum', 'currency', 'currency_digits') ~ "
                || " ~ at_risk_text('at_risk', 'currency', 'currency_digits')
        })) }}
    from mixed
)

select * from breaks
