-- Invariant: the components of a counted document add up to its total, to the last digit.
with components as (
    select
        invoice_id,
        sum(amount) as amount
    from {{ ref('fct_invoice_bridge') }}
    group by invoice_id
)

select
    documents.invoice_id,
    documents.total_charges,
    components.amount
from {{ ref('fct_invoices') }} as documents
left join components on documents.invoice_id = components.invoice_id
where documents.is_counted and documents.total_charges is distinct from coalesce(components.amount, 0)
