-- What was billed per customer, month and currency?
select
    charges.period,
    charges.currency,
    customers.customer_name,
    sum(charges.billed_amount) as billed_amount,
    sum(case when charges.line_class = 'one_time' then charges.billed_amount else 0 end) as one_time_amount,
    count(*) as line_count,
    charges.customer_id
from {{ ref('bi_charges') }} as charges
left join {{ ref('bi_customers') }} as customers on charges.customer_id = customers.customer_id
group by charges.period, charges.currency, customers.customer_name, charges.customer_id
order by charges.period desc, charges.currency, billed_amount desc, charges.customer_id
