-- Every subject with an open break has exactly one primary one, and no resolved break is primary.
select
    subject_key,
    sum(case when is_primary then 1 else 0 end) as primary_count
from {{ ref('fct_breaks') }}
group by subject_key
having sum(case when is_primary then 1 else 0 end)
    <> max(case when status <> 'resolved' then 1 else 0 end)
