-- Per code and currency: opening + opened + reopened ± remeasured − resolved = closing, count and amount.
-- Opening is the log before this build, closing the breaks now open; a row here names a code that does not tie.
with opening as (
    select
        break_id,
        break_code,
        currency,
        coalesce(at_risk_amount, 0) as amount
    from {{ ref('int_break_memory') }}
    where status <> 'resolved'
),

events as (
    select
        break_id,
        break_code,
        currency,
        event,
        coalesce(at_risk_amount, 0) as amount
    from {{ ref('int_break_events') }}
),

movements as (
    select break_code, currency, 1 as break_count, amount from opening
    union all
    select break_code, currency, 1 as break_count, amount from events where event in ('opened', 'reopened')
    union all
    select break_code, currency, -1 as break_count, -amount as amount from events where event = 'resolved'
    union all
    select break_code, currency, 1 as break_count, amount from events where event = 'remeasured'
    union all
    -- What a remeasured break was before leaves, in the currency that it had; so does an accepted one that grew.
    select opening.break_code, opening.currency, -1 as break_count, -opening.amount as amount
    from opening
    inner join events on opening.break_id = events.break_id
    where events.event in ('remeasured', 'reopened')
    union all
    select break_code, currency, -1 as break_count, -coalesce(at_risk_amount, 0) as amount
    from {{ ref('fct_breaks') }}
    where status <> 'resolved'
),

totals as (
    select
        break_code,
        currency,
        sum(break_count) as break_count,
        sum(amount) as amount
    from movements
    group by break_code, currency
)

select * from totals
where break_count <> 0 or amount <> 0
