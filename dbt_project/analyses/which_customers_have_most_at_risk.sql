-- Which customers have most at risk, per currency, every cause counted once?
select
    currency,
    customer_name,
    sum(open_at_risk_amount) as at_risk_amount,
    count(*) as open_breaks_count,
    max(age_days) as oldest_days,
    customer_id
from {{ ref('bi_breaks') }}
where is_open and customer_id is not null
group by currency, customer_name, customer_id
order by currency nulls last, at_risk_amount desc nulls last, customer_id
