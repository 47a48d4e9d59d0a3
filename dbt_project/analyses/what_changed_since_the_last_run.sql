-- Which breaks did the newest run find, measure anew, open again or resolve?
select
    events.event,
    breaks.currency,
    events.at_risk_amount,
    breaks.break_code,
    breaks.severity,
    breaks.customer_name,
    breaks.order_id,
    breaks.invoice_id,
    events.explanation,
    events.break_id
from {{ ref('int_break_events') }} as events
inner join {{ ref('bi_breaks') }} as breaks on events.break_id = breaks.break_id
order by events.event, breaks.currency nulls last, events.at_risk_amount desc nulls last, events.break_id
