-- Grain: one row per currency with a counted one-time document: the start of its first billing period.
-- Without a stated period (a sign-in that may not read documents by id) it is the month before the document's.
with documents as (
    select
        currency,
        coalesce(period_start_at, {{ add_months(month_start('invoice_at'), -1) }}) as period_start_at
    from {{ ref('int_documents') }}
    where is_counted and invoice_type = 'one_time' and currency is not null
),

horizons as (
    select
        currency,
        min(period_start_at) as horizon_at
    from documents
    group by currency
)

select * from horizons
