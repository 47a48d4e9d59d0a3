-- Grain: one row per month and currency whose last reading lists something as not billed yet, and when its invoice
-- is due.
with lines as (
    select
        month,
        currency,
        count(*) as line_count
    from {{ ref('int_unbilled_lines') }}
    where is_last_reading and subtotal <> 0 and currency is not null
    group by month, currency
)

select
    month,
    currency,
    {{ as_count('line_count') }} as line_count,
    {{ period_of(add_months(period_start('month'), 1)) }} as due_period,
    {{ eleventh_after(period_start('month')) }} as due_at
from lines
