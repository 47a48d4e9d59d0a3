-- Rule: the lines of a document are not what they were when it was loaded completely, or when its month was closed.
-- Grain: one row per document that breaks the rule.
with documents as (
    select
        invoice_id,
        is_counted,
        currency,
        currency_digits,
        invoice_at,
        period
    from {{ ref('int_documents') }}
),

restatements as (
    select
        invoice_id,
        is_closed,
        is_restated,
        former_line_count,
        former_total,
        line_count,
        lines_total,
        changed_at
    from {{ ref('int_document_restatements') }}
),

restated as (
    select
        documents.*,
        restatements.is_closed,
        restatements.former_line_count,
        restatements.former_total,
        restatements.line_count,
        restatements.lines_total,
        restatements.changed_at,
        restatements.lines_total - restatements.former_total as difference
    from documents
    inner join restatements on documents.invoice_id = restatements.invoice_id
    where documents.is_counted
        and restatements.is_restated
),

breaks as (
    select
        {{ break_row('closed_invoice_restated', 'document', with_columns(document_keys(), {
            'expected_amount': 'former_total',
            'actual_amount': 'lines_total',
            'difference_amount': 'difference',
            'at_risk_amount': 'abs(difference)',
            'direction': direction_by_sign('difference'),
            'explanation': "'lines changed' || case when is_closed then ' after the month was closed' else '' end
                || ', seen ' || " ~ day_text('changed_at') ~ "
                || ': were ' || " ~ count_text('former_line_count', 'line') ~ " || ' of '
                || " ~ amount_text('former_total', 'currency', 'currency_digits') ~ "
                || ', are ' || " ~ count_text('line_count', 'line') ~ " || ' of '
                || " ~ amount_text('lines_total', 'currency', 'currency_digits') ~ "
                || " ~ at_risk_text('abs(difference)', 'currency', 'currency_digits')
        })) }}
    from restated
)

select * from breaks
