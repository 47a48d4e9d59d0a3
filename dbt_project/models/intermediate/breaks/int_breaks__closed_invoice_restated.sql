-- Rule: the lines or the total of a document are not what they were when it was read completely, or its month closed.
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

totals as (
    select
        invoice_id,
        former_total_charges,
        total_charges,
        is_total_changed,
        total_changed_at
    from {{ ref('int_document_former_totals') }}
),

-- Lines tell more than the total; it speaks where they kept their sum.
restated as (
    select
        documents.*,
        restatements.is_closed,
        restatements.former_line_count,
        restatements.former_total,
        restatements.line_count,
        restatements.lines_total,
        totals.former_total_charges,
        totals.total_charges,
        case when restatements.is_restated then restatements.changed_at else totals.total_changed_at end as changed_at,
        coalesce(totals.is_total_changed, false) and restatements.lines_total = restatements.former_total as is_about_total
    from documents
    inner join restatements on documents.invoice_id = restatements.invoice_id
    left join totals on documents.invoice_id = totals.invoice_id
    where documents.is_counted
        and (restatements.is_restated or totals.is_total_changed)
),

compared as (
    select
        *,
        case when is_about_total then former_total_charges else former_total end as was,
        case when is_about_total then total_charges else lines_total end as is_now
    from restated
),

measured as (
    select
        *,
        is_now - was as difference
    from compared
),

breaks as (
    select
        {{ break_row('closed_invoice_restated', 'document', with_columns(document_keys(), {
            'expected_amount': 'was',
            'actual_amount': 'is_now',
            'difference_amount': 'difference',
            'at_risk_amount': 'abs(difference)',
            'direction': direction_by_sign('difference'),
            'explanation': "case when is_about_total then 'total' else 'lines' end || ' changed' || case when is_closed then ' after the month was closed' else '' end
                || ', seen ' || " ~ day_text('changed_at') ~ "
                || case when is_about_total then ': was ' else ': were ' || " ~ count_text('former_line_count', 'line') ~ " || ' of ' end
                || " ~ amount_text('was', 'currency', 'currency_digits') ~ "
                || case when is_about_total then ', is ' else ', are ' || " ~ count_text('line_count', 'line') ~ " || ' of ' end
                || " ~ amount_text('is_now', 'currency', 'currency_digits') ~ "
                || " ~ at_risk_text('abs(difference)', 'currency', 'currency_digits')
        })) }}
    from measured
)

select * from breaks
