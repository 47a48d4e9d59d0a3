-- Which open breaks have waited longest, and who looks after them?
select
    breaks.age_days,
    breaks.age_bucket,
    breaks.currency,
    breaks.at_risk_amount,
    breaks.title,
    breaks.severity,
    breaks.status,
    breaks.owner,
    breaks.ticket,
    customers.customer_name,
    breaks.explanation,
    breaks.break_id
from {{ ref('bi_breaks') }} as breaks
left join {{ ref('bi_customers') }} as customers on breaks.customer_id = customers.customer_id
where breaks.is_open
order by breaks.age_days desc nulls last, breaks.currency nulls last, breaks.at_risk_amount desc nulls last, breaks.break_id
