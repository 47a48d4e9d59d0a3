-- Every subject with a break at issue has exactly one primary one; no resolved and no accepted break is primary.
select
    subject_key,
    sum(case when is_primary then 1 else 0 end) as primary_count
from {{ ref('fct_breaks') }}
group by subject_key
having sum(case when is_primary then 1 else 0 end)
    <> max(case
        when status not in ('resolved', 'accepted')
            or (status = 'accepted' and break_code in ({{ blocking_break_codes() }})) then 1
        else 0
    end)
