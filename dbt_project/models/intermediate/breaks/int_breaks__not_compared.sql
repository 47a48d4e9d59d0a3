-- Rule: a customer was charged, and the customer's orders or entitlements could not be read.
-- Grain: one row per customer and currency that breaks the rule.
with charges as (
    select
        customer_id,
        currency,
        currency_digits,
        period,
        invoice_at,
        total
    from {{ ref('int_lines') }}
    where is_charge
        and customer_is_compared is not true
),

not_compared as (
    select
        customer_id,
        currency,
        customer_id || '|' || coalesce(currency, '') as customer_key,
        max(currency_digits) as currency_digits,
        count(*) as charge_count,
        sum(total) as total_sum,
        abs(sum(total)) as at_risk,
        max(invoice_at) as last_invoice_at,
        case when min(period) = max(period) then max(period) end as only_period
    from charges
    group by customer_id, currency
),

breaks as (
    select
        {{ break_row('not_compared', 'customer', {
            'grain_key': 'customer_key',
            'subject_key': 'customer_key',
            'customer_id': 'customer_id',
            'currency': 'currency',
            'period': 'only_period',
            'actual_amount': 'total_sum',
            'at_risk_amount': 'at_risk',
            'direction': "'exposure'",
            'business_at': 'last_invoice_at',
            'explanation': "'charged ' || " ~ amount_text('total_sum', 'currency', 'currency_digits') ~ " || ' in '
                || " ~ count_text('charge_count', 'charge') ~ " || ', but the orders or entitlements of the customer could not be read'
                || " ~ at_risk_text('at_risk', 'currency', 'currency_digits')
        }) }}
    from not_compared
)

select * from breaks
