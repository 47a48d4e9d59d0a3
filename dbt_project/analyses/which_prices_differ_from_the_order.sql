-- Where was another price charged than the one ordered?
select
    currency,
    at_risk_amount,
    direction,
    expected_amount,
    actual_amount,
    difference_amount,
    customer_name,
    sku_name,
    order_id,
    invoice_id,
    explanation,
    break_id
from {{ ref('bi_breaks') }}
where is_open and break_code = 'price_charged_vs_ordered'
order by currency, at_risk_amount desc nulls last, break_id
