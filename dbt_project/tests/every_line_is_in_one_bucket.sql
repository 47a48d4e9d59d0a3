-- Invariant: no line without bucket, no id twice.
select
    invoice_line_id,
    count(*) as rows_of_line,
    min(bucket) as bucket
from {{ ref('fct_invoice_lines') }}
group by invoice_line_id
having
    count(*) <> 1
    or min(coalesce(bucket, '')) not in (
        'not_counted', 'detail', 'out_of_scope', 'not_compared', 'suggested', 'timing', 'unmatched',
        'matched_with_break', 'matched'
    )
