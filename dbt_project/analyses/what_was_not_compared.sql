-- What was not compared with anything, and why?
select
    period,
    currency,
    kind,
    part,
    compared_with,
    not_compared_reason,
    not_compared_count,
    not_compared_amount
from {{ ref('fct_coverage') }}
where not_compared_count > 0
order by period desc nulls last, currency nulls last, not_compared_amount desc nulls last, coverage_id
