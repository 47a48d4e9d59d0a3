-- Grain: one row per document, with its total taken apart into buckets.
with documents as (
    select *
    from {{ ref('int_documents') }}
),

-- Only what a line adds to its document: lines in another currency and usage rows add nothing.
buckets as (
    select
        documents.invoice_id,
        {% for bucket in money_buckets() -%}
        sum(case when lines.bucket = '{{ bucket }}' then lines.document_amount else 0 end) as {{ bucket }}_amount{{ ',' if not loop.last }}
        {% endfor %}
    from documents
    inner join {{ ref('fct_invoice_lines') }} as lines
        on documents.invoice_id = lines.invoice_id
    where lines.document_amount is not null
    group by documents.invoice_id
),

statements as (
    select
        invoice_id,
        statement_total,
        statement_currency,
        statement_status
    from {{ ref('int_document_statements') }}
),

with_buckets as (
    select
        documents.*,
        statements.statement_total,
        statements.statement_currency,
        coalesce(statements.statement_status, 'not_downloaded') as statement_status,
        {% for bucket in money_buckets() -%}
        coalesce(buckets.{{ bucket }}_amount, 0) as {{ bucket }}_amount{{ ',' if not loop.last }}
        {% endfor %}
    from documents
    left join buckets on documents.invoice_id = buckets.invoice_id
    left join statements on documents.invoice_id = statements.invoice_id
)

select
    invoice_id,
    document_type,
    invoice_type,
    amends_of,
    is_counted,
    currency,
    invoice_at,
    period_start_at,
    period_end_at,
    total_charges,
    paid_amount,
    open_amount,
    line_count,
    lines_total,
    {% for bucket in money_buckets() -%}
    {{ as_money(bucket ~ '_amount') }} as {{ bucket }}_amount,
    {% endfor -%}
    amendment_amount,
    rounding_amount,
    -- What neither lines, amendment nor rounding explain.
    {{ as_money('total_charges - lines_total - amendment_amount - rounding_amount') }} as unexplained_amount,
    is_void,
    is_read,
    statement_total,
    statement_currency,
    statement_status,
    period,
    ties_on,
    tax_outside_amount
from with_buckets
