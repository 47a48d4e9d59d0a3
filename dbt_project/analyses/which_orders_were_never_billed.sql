-- Which orders are completed and on no invoice, and what would they cost?
select
    breaks.period,
    breaks.currency,
    breaks.at_risk_amount as expected_amount,
    customers.customer_name,
    products.sku_name,
    items.expected_quantity,
    breaks.order_id,
    items.created_date,
    breaks.age_days,
    breaks.status,
    breaks.break_id
from {{ ref('bi_breaks') }} as breaks
left join {{ ref('bi_order_items') }} as items
    on breaks.order_id = items.order_id and breaks.product_sku_id = items.product_sku_id
left join {{ ref('bi_customers') }} as customers on breaks.customer_id = customers.customer_id
left join {{ ref('bi_products') }} as products on breaks.product_sku_id = products.product_sku_id
where breaks.is_open and breaks.break_code in ('order_not_billed', 'unbilled_lost')
order by breaks.period, breaks.currency, expected_amount desc nulls last, breaks.break_id
