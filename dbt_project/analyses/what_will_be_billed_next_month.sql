-- What is listed as not billed yet, of months whose invoice is still to come, and do orders explain it?
with invoiced as (
    select
        currency,
        max(period) as last_period
    from {{ ref('fct_invoices') }}
    where is_counted and invoice_type = 'one_time'
    group by currency
)

select
    unbilled.month,
    unbilled.currency,
    unbilled.line_class,
    unbilled.matched_order_id is not null as has_order,
    count(*) as line_count,
    sum(unbilled.subtotal) as subtotal,
    max(unbilled.read_at) as read_at
from {{ ref('fct_unbilled_lines') }} as unbilled
left join invoiced on unbilled.currency = invoiced.currency
-- The invoice of a month bills the month before it.
where unbilled.is_last_reading and (invoiced.last_period is null or unbilled.month >= invoiced.last_period)
group by unbilled.month, unbilled.currency, unbilled.line_class, unbilled.matched_order_id is not null
order by unbilled.month, unbilled.currency, unbilled.line_class, has_order desc
