-- Invariant: breaks open before + opened + reopened, remeasured, - resolved = breaks open now, per code and currency.
with opening as (
    select break_code, currency, 1 as break_count, coalesce(at_risk_amount, 0) as amount
    from {{ ref('int_break_memory') }}
    where status <> 'resolved'
),

movements as (
    select
        events.break_code,
        events.currency,
        case events.event when 'resolved' then -1 when 'remeasured' then 0 else 1 end as break_count,
        case events.event
            when 'resolved' then -coalesce(events.at_risk_amount, 0)
            else coalesce(events.at_risk_amount, 0)
        end as amount
    from {{ ref('int_break_events') }} as events
    union all
    -- A new measure takes the place of the old one, which may have been in another currency.
    select memory.break_code, memory.currency, 0 as break_count, -coalesce(memory.at_risk_amount, 0) as amount
    from {{ ref('int_break_events') }} as events
    inner join {{ ref('int_break_memory') }} as memory on events.break_id = memory.break_id
    where events.event = 'remeasured'
),

closing as (
    select break_code, currency, -1 as break_count, -coalesce(at_risk_amount, 0) as amount
    from {{ ref('fct_breaks') }}
    where status <> 'resolved'
),

sides as (
    select break_code, currency, break_count, amount from opening
    union all
    select break_code, currency, break_count, amount from movements
    union all
    select break_code, currency, break_count, amount from closing
),

compared as (
    select
        break_code,
        currency,
        sum(break_count) as count_difference,
        sum(amount) as amount_difference
    from sides
    group by break_code, currency
)

select *
from compared
where count_difference <> 0 or amount_difference <> 0
