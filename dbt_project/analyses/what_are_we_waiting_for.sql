-- Which differences will time settle, and by when?
select
    timing_code,
    timing_due_date,
    order_currency as currency,
    customer_name,
    sku_name,
    expected_quantity,
    charged_quantity,
    entitled_quantity,
    expected_amount,
    order_id
from {{ ref('bi_order_items') }}
where timing_due_date is not null
order by timing_due_date, timing_code, order_currency, order_id, product_sku_id
