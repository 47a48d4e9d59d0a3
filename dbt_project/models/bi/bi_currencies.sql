-- Grain: one row per currency that a document, a line or a break is in; every report filters by one of them first.
with named as (
    select currency from {{ ref('fct_invoices') }}
    union
    select currency from {{ ref('fct_invoice_lines') }}
    union
    select currency from {{ ref('fct_reconciliation') }}
    union
    select currency from {{ ref('fct_breaks') }}
),

digits as (
    select currency, minor_digits
    from {{ ref('currencies') }}
)

select
    named.currency,
    {{ as_count('coalesce(digits.minor_digits, 2)') }} as minor_digits
from named
left join digits on named.currency = digits.currency
where named.currency is not null
