-- Grain: one row per document.
with documents as (
    select *
    from {{ ref('fct_invoices') }}
)

select
    invoice_id,
    document_type,
    invoice_type,
    amends_of,
    is_counted,
    is_void,
    is_read,
    period,
    cast(invoice_at as date) as invoice_date,
    currency,
    total_charges,
    paid_amount,
    open_amount,
    line_count,
    lines_total,
    {% for bucket in money_buckets() -%}
    {{ bucket }}_amount,
    {% endfor -%}
    amendment_amount,
    rounding_amount,
    unexplained_amount,
    statement_total,
    statement_status
from documents
