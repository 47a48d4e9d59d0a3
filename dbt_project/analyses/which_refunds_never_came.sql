-- Which refunds are owed to us, and came not at all or too small?
select
    breaks.currency,
    breaks.at_risk_amount,
    breaks.customer_name,
    breaks.sku_name,
    breaks.order_id,
    refunds.reduced_at,
    refunds.due_at,
    refunds.expected_pricing_amount,
    refunds.refunded_pricing_amount,
    refunds.pricing_currency,
    breaks.age_days,
    breaks.explanation,
    breaks.break_id
from {{ ref('bi_breaks') }} as breaks
left join {{ ref('fct_refunds') }} as refunds on breaks.break_id = refunds.break_id
where breaks.is_open and breaks.break_code in ('cancelled_not_credited', 'credit_short')
order by breaks.currency, breaks.at_risk_amount desc nulls last, breaks.break_id
