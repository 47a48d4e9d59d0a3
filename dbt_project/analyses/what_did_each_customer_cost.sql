-- What was billed per customer, month and currency?
select
    period,
    currency,
    customer_name,
    sum(billed_amount) as billed_amount,
    sum(case when line_class = 'one_time' then billed_amount else 0 end) as one_time_amount,
    count(*) as line_count,
    customer_id
from {{ ref('bi_charges') }}
group by period, currency, customer_name, customer_id
order by period desc, currency, billed_amount desc, customer_id
