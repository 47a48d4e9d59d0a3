-- Where was another price charged than the one ordered?
select
    breaks.currency,
    breaks.at_risk_amount,
    breaks.direction,
    breaks.expected_amount,
    breaks.actual_amount,
    breaks.difference_amount,
    customers.customer_name,
    products.sku_name,
    breaks.order_id,
    breaks.invoice_id,
    breaks.explanation,
    breaks.break_id
from {{ ref('bi_breaks') }} as breaks
left join {{ ref('bi_customers') }} as customers on breaks.customer_id = customers.customer_id
left join {{ ref('bi_products') }} as products on breaks.product_sku_id = products.product_sku_id
where breaks.is_open and breaks.break_code = 'price_charged_vs_ordered'
order by breaks.currency, breaks.at_risk_amount desc nulls last, breaks.break_id
