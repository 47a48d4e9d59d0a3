-- Rule: the statement that was downloaded prints another total than the document has.
-- Grain: one row per document that breaks the rule.
with documents as (
    select
        invoice_id,
        is_counted,
        currency,
        currency_digits,
        tolerance_amount,
        invoice_at,
        period,
        total_charges
    from {{ ref('int_documents') }}
),

statements as (
    select
        invoice_id,
        statement_total,
        statement_currency,
        file_name
    from {{ ref('int_document_statements') }}
    where statement_status = 'read'
),

-- What is printed is rounded to the currency, so half a minor unit or less is no difference.
different as (
    select
        documents.*,
        statements.statement_total,
        statements.file_name,
        statements.statement_total - documents.total_charges as difference
    from documents
    inner join statements
        on documents.invoice_id = statements.invoice_id and documents.currency = statements.statement_currency
    where documents.is_counted
        and abs(statements.statement_total - documents.total_charges)
        > cast(documents.tolerance_amount as decimal(12, 6)) * cast(0.5 as decimal(2, 1))
),

breaks as (
    select
        {{ break_row('statement_vs_invoice', 'document', with_columns(document_keys(), {
            'expected_amount': 'total_charges',
            'actual_amount': 'statement_total',
            'difference_amount': 'difference',
            'at_risk_amount': 'abs(difference)',
            'direction': direction_by_sign('difference'),
            'explanation': "file_name || ' prints ' || " ~ amount_text('statement_total', 'currency', 'currency_digits')
                ~ " || ', the document has ' || " ~ amount_text('total_charges', 'currency', 'currency_digits') ~ " || "
                ~ at_risk_text('abs(difference)', 'currency', 'currency_digits')
        })) }}
    from different
)

select * from breaks
