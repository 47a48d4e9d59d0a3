-- Coverage leaves nothing out: every counted line, counted document and order item is in it once, with its money.
with covered as (
    select
        kind,
        currency,
        sum(compared_count + not_compared_count) as row_count,
        sum(coalesce(compared_amount, 0) + coalesce(not_compared_amount, 0)) as amount
    from {{ ref('fct_coverage') }}
    where kind in ('lines', 'documents', 'orders')
    group by kind, currency
),

sources as (
    select
        'lines' as kind,
        currency,
        count(*) as row_count,
        coalesce(sum(total), 0) as amount
    from {{ ref('fct_invoice_lines') }}
    where bucket <> 'not_counted'
    group by currency

    union all

    select
        'documents' as kind,
        currency,
        count(*) as row_count,
        coalesce(sum(total_charges), 0) as amount
    from {{ ref('fct_invoices') }}
    where is_counted
    group by currency

    union all

    select
        'orders' as kind,
        billing_currency as currency,
        count(*) as row_count,
        coalesce(sum(expected_amount), 0) as amount
    from {{ ref('int_order_items') }}
    group by billing_currency
)

select
    coalesce(sources.kind, covered.kind) as kind,
    coalesce(sources.currency, covered.currency) as currency,
    sources.row_count as source_rows,
    covered.row_count as covered_rows
from sources
full join covered
    on sources.kind = covered.kind and coalesce(sources.currency, '') = coalesce(covered.currency, '')
where sources.row_count is distinct from covered.row_count
    or sources.amount is distinct from covered.amount
