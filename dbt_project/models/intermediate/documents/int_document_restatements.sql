-- Grain: one row per document whose lines were read: what they were, and what they are.
with compared as (
    select
        invoice_id,
        closed_at,
        reference_at,
        former_line_count,
        former_total,
        line_count,
        lines_total,
        newest_at,
        is_changed
    from {{ ref('int_document_reading_pairs') }}
)

select
    invoice_id,
    max(closed_at) is not null as is_closed,
    max(reference_at) as reference_at,
    max(case when is_changed then 1 else 0 end) = 1 as is_restated,
    {{ as_count('sum(former_line_count)') }} as former_line_count,
    {{ as_money('sum(former_total)') }} as former_total,
    {{ as_count('sum(line_count)') }} as line_count,
    {{ as_money('sum(lines_total)') }} as lines_total,
    max(case when is_changed then newest_at end) as changed_at
from compared
group by invoice_id
