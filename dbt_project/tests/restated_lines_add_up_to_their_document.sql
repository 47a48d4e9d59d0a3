-- Lines that are gone and lines that are new make up the whole difference between the former and the newest reading of
-- a document, in number and in money, to the last digit; and a document that is restated lists at least one.
with listed as (
    select
        lines.invoice_id,
        count(*) as listed_count,
        sum(case lines.change when 'added' then 1 else -1 end) as count_difference,
        sum(
            case when lines.currency = documents.currency then lines.total else 0 end
            * case lines.change when 'added' then 1 else -1 end
        ) as total_difference,
        sum(lines.difference_amount) as difference_amount
    from {{ ref('fct_restated_lines') }} as lines
    inner join {{ ref('int_documents') }} as documents on lines.invoice_id = documents.invoice_id
    group by lines.invoice_id
),

restatements as (
    select
        compared.invoice_id,
        compared.is_restated,
        compared.line_count - compared.former_line_count as count_difference,
        compared.lines_total - compared.former_total as total_difference
    from {{ ref('int_document_restatements') }} as compared
    inner join {{ ref('int_documents') }} as documents on compared.invoice_id = documents.invoice_id
    where documents.is_counted
)

select
    restatements.invoice_id,
    restatements.count_difference,
    restatements.total_difference,
    listed.listed_count
from restatements
left join listed on restatements.invoice_id = listed.invoice_id
where restatements.count_difference <> coalesce(listed.count_difference, 0)
    or restatements.total_difference <> coalesce(listed.total_difference, 0)
    or restatements.total_difference <> coalesce(listed.difference_amount, 0)
    or restatements.is_restated <> (coalesce(listed.listed_count, 0) > 0)
