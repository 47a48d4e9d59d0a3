-- Rule: lines that a document offers could not be read, now or ever before.
-- Grain: one row per document that breaks the rule.
with documents as (
    select
        invoice_id,
        is_counted,
        is_unreadable,
        currency,
        currency_digits,
        invoice_at,
        period,
        total_charges
    from {{ ref('int_documents') }}
),

not_read as (
    select
        *,
        abs(total_charges) as at_risk
    from documents
    where is_counted
        and is_unreadable
),

breaks as (
    select
        {{ break_row('invoice_not_read', 'document', with_columns(document_keys(), {
            'actual_amount': 'total_charges',
            'at_risk_amount': 'at_risk',
            'direction': "'exposure'",
            'explanation': "'total ' || " ~ amount_text('total_charges', 'currency', 'currency_digits') ~ "
                || ', but its lines could not be read'
                || " ~ at_risk_text('at_risk', 'currency', 'currency_digits')
        })) }}
    from not_read
)

select * from breaks
