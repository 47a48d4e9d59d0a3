-- Which documents do not equal their lines, and what makes the difference?
select
    documents.period,
    documents.currency,
    documents.invoice_id,
    documents.document_type,
    documents.total_charges,
    documents.lines_total,
    bridge.component,
    bridge.amount,
    bridge.explanation
from {{ ref('bi_documents') }} as documents
inner join {{ ref('fct_invoice_bridge') }} as bridge on documents.invoice_id = bridge.invoice_id
where documents.is_counted
    and documents.total_charges <> documents.lines_total
    and bridge.component <> 'lines'
order by documents.period, documents.currency, documents.invoice_id, bridge.component
