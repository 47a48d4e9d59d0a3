-- Every suppressed break names one that stands (or a suggested match); none of the two is both.
select
    suppressed.break_id,
    suppressed.break_code,
    suppressed.suppressed_by_break_id
from {{ ref('int_breaks_suppressed') }} as suppressed
left join {{ ref('int_breaks_open') }} as standing
    on suppressed.suppressed_by_break_id = standing.break_id
where standing.break_id is null
    and suppressed.suppressed_by <> 'suggested_match'
