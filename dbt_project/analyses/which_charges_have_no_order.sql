-- Which charges does no order explain, and which order may be meant?
select
    charges.period,
    charges.currency,
    charges.billed_amount,
    charges.bucket,
    charges.customer_name,
    charges.sku_name,
    charges.charge_type,
    charges.signed_quantity,
    charges.order_id,
    lines.suggested_order_id,
    charges.invoice_id,
    charges.invoice_line_id
from {{ ref('bi_charges') }} as charges
left join {{ ref('fct_invoice_lines') }} as lines on charges.invoice_line_id = lines.invoice_line_id
where charges.line_class = 'one_time' and charges.bucket in ('unmatched', 'suggested')
order by charges.period, charges.currency, abs(charges.billed_amount) desc, charges.invoice_line_id
