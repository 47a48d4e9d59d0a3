-- Grain: one row per document whose statement was downloaded.
with statements as (
    select
        invoice_id,
        printed_total,
        currency,
        header_total,
        file_name
    from {{ ref('stg_partner_center__invoice_statements') }}
    where receipt_id is null
),

documents as (
    select
        invoice_id,
        total_charges
    from {{ ref('int_documents') }}
),

-- A header that has another total by now is not what this PDF was printed from.
compared as (
    select
        statements.invoice_id,
        statements.printed_total as statement_total,
        statements.currency as statement_currency,
        statements.file_name,
        case
            when statements.printed_total is null then 'not_read'
            when (statements.header_total is distinct from documents.total_charges) then 'outdated'
            else 'read'
        end as statement_status
    from statements
    inner join documents on statements.invoice_id = documents.invoice_id
)

select
    invoice_id,
    {{ as_money('statement_total') }} as statement_total,
    statement_currency,
    statement_status,
    file_name
from compared
