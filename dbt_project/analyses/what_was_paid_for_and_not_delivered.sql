-- What was charged and never delivered, or delivered in another quantity?
select
    breaks.currency,
    breaks.at_risk_amount,
    breaks.break_code,
    breaks.customer_name,
    breaks.sku_name,
    items.expected_quantity,
    items.charged_quantity,
    items.entitled_quantity,
    breaks.order_id,
    breaks.explanation,
    breaks.break_id
from {{ ref('bi_breaks') }} as breaks
left join {{ ref('bi_order_items') }} as items
    on breaks.order_id = items.order_id and breaks.product_sku_id = items.product_sku_id
where breaks.is_open
    and breaks.break_code in ('charged_not_entitled', 'quantity_ordered_vs_entitled', 'provisioning_overdue')
order by breaks.currency, breaks.at_risk_amount desc nulls last, breaks.break_id
