-- Rule: a document amends one that is not known.
-- Grain: one row per document that breaks the rule.
with unlinked as (
    select
        invoice_id,
        document_type,
        amends_of,
        total_charges,
        abs(total_charges) as at_risk,
        currency,
        currency_digits,
        invoice_at,
        period
    from {{ ref('int_documents') }}
    where amends_of is not null
        and amends_known is not true
),

breaks as (
    select
        {{ break_row('amendment_unlinked', 'document', with_columns(document_keys(), {
            'actual_amount': 'total_charges',
            'at_risk_amount': 'at_risk',
            'direction': "'exposure'",
            'explanation': "coalesce(replace(document_type, '_', ' '), 'document') || ' of ' || " ~ amount_text('total_charges', 'currency', 'currency_digits')
                ~ " || ' amends ' || amends_of || ', which is not among the documents' || "
                ~ at_risk_text('at_risk', 'currency', 'currency_digits')
        })) }}
    from unlinked
)

select * from breaks
