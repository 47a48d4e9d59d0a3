-- Which charges came more than once, on one invoice or on two?
select
    breaks.currency,
    breaks.at_risk_amount,
    breaks.break_code,
    breaks.customer_name,
    breaks.sku_name,
    breaks.order_id,
    breaks.invoice_id,
    charges.charge_type,
    charges.signed_quantity,
    charges.total,
    breaks.explanation,
    breaks.invoice_line_id
from {{ ref('bi_breaks') }} as breaks
left join {{ ref('bi_charges') }} as charges on breaks.invoice_line_id = charges.invoice_line_id
where breaks.is_open and breaks.break_code in ('duplicate_in_invoice', 'duplicate_across_invoices')
order by breaks.currency, breaks.at_risk_amount desc nulls last, breaks.break_id
