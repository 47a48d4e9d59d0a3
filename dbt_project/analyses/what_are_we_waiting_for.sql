-- Which differences will time settle, and by when?
select
    items.timing_code,
    items.timing_due_date,
    items.order_currency as currency,
    customers.customer_name,
    products.sku_name,
    items.expected_quantity,
    items.charged_quantity,
    items.entitled_quantity,
    items.expected_amount,
    items.order_id
from {{ ref('bi_order_items') }} as items
left join {{ ref('bi_customers') }} as customers on items.customer_id = customers.customer_id
left join {{ ref('bi_products') }} as products on items.product_sku_id = products.product_sku_id
where items.timing_due_date is not null
order by items.timing_due_date, items.timing_code, items.order_currency, items.order_id, items.product_sku_id
