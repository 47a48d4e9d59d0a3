-- Which orders are completed and on no invoice, and what would they cost?
select
    breaks.period,
    breaks.currency,
    breaks.at_risk_amount as expected_amount,
    breaks.customer_name,
    breaks.sku_name,
    items.expected_quantity,
    breaks.order_id,
    items.created_date,
    breaks.age_days,
    breaks.status,
    breaks.break_id
from {{ ref('bi_breaks') }} as breaks
left join {{ ref('bi_order_items') }} as items
    on breaks.order_id = items.order_id and breaks.product_sku_id = items.product_sku_id
where breaks.is_open and breaks.break_code in ('order_not_billed', 'unbilled_lost')
order by breaks.period, breaks.currency, expected_amount desc nulls last, breaks.break_id
