-- Grain: one row per period and currency: the verdict and what it rests on.
with verdicts as (
    select *
    from {{ ref('fct_reconciliation') }}
)

select
    period,
    cast({{ period_start('period') }} as date) as period_start_date,
    currency,
    verdict,
    charges_count,
    charges_amount,
    order_items_count,
    entitlements_count,
    matched_amount,
    open_breaks_count,
    at_risk_amount,
    unexplained_amount,
    not_compared_amount
from verdicts
