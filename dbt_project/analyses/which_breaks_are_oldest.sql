-- Which open breaks have waited longest, and who looks after them?
select
    age_days,
    age_bucket,
    currency,
    at_risk_amount,
    title,
    severity,
    status,
    owner,
    ticket,
    customer_name,
    explanation,
    break_id
from {{ ref('bi_breaks') }}
where is_open
order by age_days desc nulls last, currency nulls last, at_risk_amount desc nulls last, break_id
