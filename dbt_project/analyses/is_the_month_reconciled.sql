-- Is each month reconciled in each currency, and if not, what is in the way?
select
    period,
    currency,
    verdict,
    charges_count,
    charges_amount,
    matched_amount,
    open_breaks_count,
    at_risk_amount,
    unexplained_amount,
    not_compared_amount
from {{ ref('bi_reconciliation') }}
order by period desc, currency
