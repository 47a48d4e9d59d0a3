-- Rule: a month with a one-time document has charges but no order that they could be compared with, or orders and no charge.
-- Grain: one row per month and currency that breaks the rule.
with periods as (
    select
        period,
        currency,
        currency_digits,
        charges_count,
        charges_amount,
        matched_charges_count,
        order_items_of_month,
        unbilled_items_of_month,
        has_one_time_document
    from {{ ref('int_periods') }}
),

-- What the orders should cost that the month's invoice has to bill; unknown as soon as one of them is.
ordered as (
    select
        due_period as period,
        billing_currency as currency,
        case when count(*) = count(expected_amount) then sum(expected_amount) end as ordered_amount
    from {{ ref('int_order_items') }}
    where {{ is_still_to_be_billed() }}
    group by due_period, billing_currency
),

one_sided as (
    select
        periods.period,
        periods.currency,
        periods.period || '|' || periods.currency as period_key,
        periods.currency_digits,
        periods.charges_count,
        periods.charges_amount,
        case when periods.charges_count > 0 then periods.order_items_of_month else periods.unbilled_items_of_month end as item_count,
        ordered.ordered_amount,
        {{ period_start('periods.period') }} as period_at,
        case when periods.charges_count > 0 then abs(periods.charges_amount) else abs(ordered.ordered_amount) end as at_risk
    from periods
    left join ordered
        on periods.period = ordered.period
        and periods.currency = ordered.currency
    where periods.has_one_time_document
        and (
            (
                periods.charges_count > 0
                and coalesce(periods.order_items_of_month, 0) = 0
                and coalesce(periods.matched_charges_count, 0) = 0
            )
            -- Cancelled, free and pending orders ask for no charge.
            or (coalesce(periods.charges_count, 0) = 0 and periods.unbilled_items_of_month > 0)
        )
),

breaks as (
    select
        {{ break_row('nothing_compared', 'period', {
            'grain_key': 'period_key',
            'subject_key': 'period_key',
            'period': 'period',
            'currency': 'currency',
            'expected_amount': 'ordered_amount',
            'actual_amount': 'coalesce(charges_amount, 0)',
            'at_risk_amount': 'at_risk',
            'direction': "'exposure'",
            'business_at': 'period_at',
            'explanation': count_text('coalesce(charges_count, 0)', 'charge') ~ " || ' in ' || period || ' (' || currency
                || '), but ' || " ~ count_text('coalesce(item_count, 0)', 'order item') ~ " || ' of that month'
                || " ~ at_risk_text('at_risk', 'currency', 'currency_digits')
        }) }}
    from one_sided
)

select * from breaks
