-- Rule: the total of a document is not the sum of its lines and amendments.
-- Grain: one row per document that breaks the rule.
with documents as (
    select
        invoice_id,
        is_counted,
        is_read,
        is_unreadable,
        currency,
        currency_digits,
        tolerance_amount,
        invoice_at,
        period,
        total_charges,
        amendment_amount,
        line_count,
        lines_total,
        lines_with_excess_decimals
    from {{ ref('int_documents') }}
),

-- Each line with more decimals than the currency may move the total by half a minor unit.
measured as (
    select
        *,
        coalesce(lines_total, 0) + coalesce(amendment_amount, 0) as expected,
        total_charges - coalesce(lines_total, 0) - coalesce(amendment_amount, 0) as difference,
        tolerance_amount
        + cast(tolerance_amount as decimal(12, 6)) * cast(0.5 as decimal(2, 1))
        * cast(coalesce(lines_with_excess_decimals, 0) as decimal(18, 0)) as allowance
    from documents
    where is_counted
        and (is_read or is_unreadable)
),

different as (
    select *
    from measured
    where abs(difference) > allowance
),

breaks as (
    select
        {{ break_row('invoice_total_vs_lines', 'document', with_columns(document_keys(), {
            'expected_amount': 'expected',
            'actual_amount': 'total_charges',
            'difference_amount': 'difference',
            'at_risk_amount': 'abs(difference)',
            'direction': direction_by_sign('difference'),
            'explanation': "'total ' || " ~ amount_text('total_charges', 'currency', 'currency_digits') ~ " || ', '
                || " ~ count_text('coalesce(line_count, 0)', 'line') ~ " || ' and amendments add up to '
                || " ~ amount_text('expected', 'currency', 'currency_digits') ~ "
                || " ~ at_risk_text('abs(difference)', 'currency', 'currency_digits')
        })) }}
    from different
)

select * from breaks
