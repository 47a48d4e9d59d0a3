-- Which customers have most at risk, per currency, every cause counted once?
select
    breaks.currency,
    customers.customer_name,
    sum(breaks.open_at_risk_amount) as at_risk_amount,
    count(*) as open_breaks_count,
    max(breaks.age_days) as oldest_days,
    breaks.customer_id
from {{ ref('bi_breaks') }} as breaks
inner join {{ ref('bi_customers') }} as customers on breaks.customer_id = customers.customer_id
where breaks.is_open
group by breaks.currency, customers.customer_name, breaks.customer_id
order by breaks.currency nulls last, at_risk_amount desc nulls last, breaks.customer_id
