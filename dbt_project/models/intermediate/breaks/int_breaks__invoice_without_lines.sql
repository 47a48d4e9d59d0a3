-- Rule: a document asks for money and offers lines, but there is no line at all.
-- Grain: one row per document that breaks the rule.
with documents as (
    select
        invoice_id,
        is_counted,
        is_read,
        is_unreadable,
        has_invoice_details,
        currency,
        currency_digits,
        invoice_at,
        period,
        total_charges,
        line_count
    from {{ ref('int_documents') }}
),

without_lines as (
    select
        *,
        abs(total_charges) as at_risk
    from documents
    where is_counted
        and (is_read or is_unreadable)
        and has_invoice_details
        and total_charges <> 0
        and coalesce(line_count, 0) = 0
),

breaks as (
    select
        {{ break_row('invoice_without_lines', 'document', with_columns(document_keys(), {
            'expected_amount': '0',
            'actual_amount': 'total_charges',
            'difference_amount': 'total_charges',
            'at_risk_amount': 'at_risk',
            'direction': "'over'",
            'explanation': "'total ' || " ~ amount_text('total_charges', 'currency', 'currency_digits') ~ "
                || ', but no line at all'
                || " ~ at_risk_text('at_risk', 'currency', 'currency_digits')
        })) }}
    from without_lines
)

select * from breaks
