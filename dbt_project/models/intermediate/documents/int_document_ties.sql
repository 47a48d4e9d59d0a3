-- Grain: one row per document with lines: which sum of its lines its total ties to.
-- The total of legacy documents may leave out the tax of their lines. Where the lines with tax do not tie and the
-- same lines before tax do, the document ties on the latter; where neither ties, it is held against the lines with tax.
with documents as (
    select
        versions.invoice_id,
        versions.total_charges,
        coalesce(currencies.tolerance_amount, {{ as_money("'0.01'") }}) as tolerance_amount,
        lines.line_count,
        lines.other_currency_count,
        lines.legacy_count,
        lines.lines_total,
        lines.lines_pre_tax_total,
        lines.lines_with_excess_decimals,
        lines.lines_with_excess_decimals_pre_tax
    from {{ ref('int_document_versions') }} as versions
    inner join {{ ref('int_document_lines') }} as lines on versions.invoice_id = lines.invoice_id
    left join {{ ref('currencies') }} as currencies on versions.currency = currencies.currency
),

allowed as (
    select
        *,
        {{ tie_allowance('tolerance_amount', 'lines_with_excess_decimals') }} as allowed_amount,
        {{ tie_allowance('tolerance_amount', 'lines_with_excess_decimals_pre_tax') }} as allowed_pre_tax_amount
    from documents
),

tied as (
    select
        *,
        case
            when abs(total_charges - lines_total) <= allowed_amount then 'total'
            when legacy_count > 0 and abs(total_charges - lines_pre_tax_total) <= allowed_pre_tax_amount then 'pre_tax'
            else 'neither'
        end as ties_on
    from allowed
)

select
    invoice_id,
    {{ as_text('ties_on') }} as ties_on,
    line_count,
    other_currency_count,
    {{ as_money("case when ties_on = 'pre_tax' then lines_pre_tax_total else lines_total end") }} as lines_total,
    {{ as_money("case when ties_on = 'pre_tax' then lines_total - lines_pre_tax_total else 0 end") }} as tax_outside_amount,
    case when ties_on = 'pre_tax' then lines_with_excess_decimals_pre_tax else lines_with_excess_decimals end
        as lines_with_excess_decimals
from tied
