-- How much is at risk in open breaks, by rule and currency, every cause counted once?
select
    currency,
    break_code,
    title,
    direction,
    sum(open_at_risk_amount) as at_risk_amount,
    count(*) as open_breaks_count,
    max(age_days) as oldest_days,
    max(next_step) as next_step
from {{ ref('bi_breaks') }}
where is_open
group by currency, break_code, title, direction
order by currency nulls last, at_risk_amount desc nulls last, break_code
