-- The months in which open breaks show.
-- Grain: one row per open break, period and currency; a break without a month of its own has no row.
with open_breaks as (
    select
        break_id,
        break_code,
        customer_id,
        period,
        currency,
        is_primary,
        at_risk_amount
    from {{ ref('int_breaks_at_issue') }}
),

-- A customer that could not be compared in several months shows in each, with that month's charges.
uncompared as (
    select
        customer_id,
        currency,
        period,
        abs(sum(total)) as at_risk_amount
    from {{ ref('int_lines') }}
    where is_charge
        and customer_is_compared is not true
        and period is not null
    group by customer_id, currency, period
),

break_periods as (
    select
        break_id,
        break_code,
        period,
        currency,
        is_primary,
        at_risk_amount
    from open_breaks
    where period is not null

    union all

    select
        open_breaks.break_id,
        open_breaks.break_code,
        uncompared.period,
        uncompared.currency,
        open_breaks.is_primary,
        uncompared.at_risk_amount
    from open_breaks
    inner join uncompared
        on open_breaks.customer_id = uncompared.customer_id
        and open_breaks.currency = uncompared.currency
    where open_breaks.break_code = 'not_compared'
        and open_breaks.period is null
)

select * from break_periods
