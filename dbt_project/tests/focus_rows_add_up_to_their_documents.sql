-- Invariant: per document and currency, billed cost in the columns of FOCUS is what the counted lines add up to.
with lines as (
    select
        invoice_id,
        coalesce(currency, '') as currency,
        sum(coalesce(document_amount, total)) as amount
    from {{ ref('fct_invoice_lines') }}
    where bucket <> 'not_counted' and line_class <> 'daily_usage'
    group by invoice_id, coalesce(currency, '')
),

focus as (
    select
        InvoiceId as invoice_id, -- noqa: capitalisation.identifiers
        coalesce(BillingCurrency, '') as currency, -- noqa: capitalisation.identifiers
        sum(BilledCost) as amount -- noqa: capitalisation.identifiers
    from {{ ref('bi_focus_billed_cost') }}
    group by InvoiceId, coalesce(BillingCurrency, '') -- noqa: capitalisation.identifiers
),

compared as (
    select
        lines.invoice_id,
        lines.currency,
        lines.amount as lines_amount,
        focus.amount as focus_amount
    from lines
    full join focus
        on lines.invoice_id = focus.invoice_id and lines.currency = focus.currency
)

select * from compared
where lines_amount is distinct from focus_amount
union all
-- And of documents whose lines are all in their own currency, it is the total of their lines.
select
    documents.invoice_id,
    documents.currency,
    documents.lines_total as lines_amount,
    focus.amount as focus_amount
from {{ ref('fct_invoices') }} as documents
inner join focus
    on documents.invoice_id = focus.invoice_id and documents.currency = focus.currency
where documents.is_counted and documents.lines_total is distinct from focus.amount
