"""What accruals are made from: order items charged other than ordered, and estimates of what is billed next."""

from __future__ import annotations

# One row per one-time order item whose net charges are not what is ordered, with the reason, and why not, if not.
ITEMS = """
with open_breaks as (
    select order_id, product_id, sku_id,
        max(break_code) filter (where break_code = 'cancelled_not_credited') as credit,
        max(break_code) filter (where break_code = 'quantity_charged_vs_ordered' and direction = 'under') as short,
        coalesce(bool_or(status = 'accepted'), false) as is_accepted
    from marts.fct_breaks
    where status <> 'resolved'
        and break_code in (
            'cancelled_not_credited', 'quantity_charged_vs_ordered', 'order_not_billed', 'unbilled_lost'
        )
    group by all
),
suggested as (
    select distinct candidate_order_item_id as order_item_id from marts.fct_match_candidates where is_suggested
),
refunds as (
    select order_item_id, max(pricing_currency) as refund_currency, sum(difference_pricing_amount) as refund_amount
    from marts.fct_refunds
    where order_item_id is not null and refund_status in ('due', 'late')
    group by order_item_id
    -- Terms that say nothing of one part say nothing of the whole.
    having count(*) = count(difference_pricing_amount) and count(distinct pricing_currency) = 1
),
listed as (
    select distinct order_item_id from marts.fct_unbilled_lines where is_last_reading
),
items as (
    select f.*, f.expected_quantity - f.charged_quantity as missing, r.refund_currency, r.refund_amount,
        b.credit, coalesce(b.is_accepted, false) as is_accepted,
        s.order_item_id is not null as is_suggested,
        f.transaction_type = 'system_billing' and f.charged_currency is null and l.order_item_id is null
            as is_billed_by_system,
        case
            when f.expected_quantity > f.charged_quantity then case
                when f.timing_code in ('on_unbilled', 'not_yet_invoiced') then f.timing_code
                when f.order_status = 'pending' then 'pending'
                when f.charged_currency is null then 'not_billed'
                when b.short is not null then 'quantity_short'
            end
            when f.timing_code = 'credit_due' then 'credit_due'
            else b.credit
        end as reason
    from marts.fct_order_items f
    left join open_breaks b
        on b.order_id = f.order_id and b.product_id is not distinct from f.product_id
        and b.sku_id is not distinct from f.sku_id
    left join suggested s on s.order_item_id = f.order_item_id
    left join listed l on l.order_item_id = f.order_item_id
    left join refunds r on r.order_item_id = f.order_item_id
    where f.billing_cycle = 'one_time' and f.reconciliation_status <> 'out_of_scope'
        and f.expected_quantity <> f.charged_quantity
)
select i.order_item_id, i.order_id, i.customer_id, i.product_id, i.sku_id, i.reason, i.expected_quantity,
    i.charged_quantity, i.expected_amount, i.order_currency, i.charged_currency, i.unit_amount,
    i.refund_currency, i.refund_amount,
    coalesce(o.minor_digits, 2) as order_digits, coalesce(c.minor_digits, 2) as charged_digits,
    -- The 11th after a month speaks for that month.
    strftime(case when i.missing < 0 then coalesce(i.reduced_at, i.created_at)
        else coalesce(i.due_at - interval 1 month, i.created_at) end, '%Y-%m') as month,
    case when i.missing > 0 then coalesce(i.timing_due_at, i.due_at) else i.timing_due_at end as due_at,
    case
        when i.reason in ('on_unbilled', 'not_yet_invoiced', 'pending') then null
        when i.is_accepted then 'the difference was accepted'
        when i.is_suggested and i.reason = 'not_billed' then 'a charge on an invoice is suggested to be this order''s'
        when i.is_billed_by_system and i.reason = 'not_billed' then 'the system bills it by itself'
    end as why_not
from items i
left join seeds.currencies o on o.currency = i.order_currency
left join seeds.currencies c on c.currency = i.charged_currency
where i.reason is not null
"""

# One row per order item (or order and product as named), month, currency and class of the last estimates: `is_open`
# while that month has no invoice, `is_newest` for the last month of the item.
ESTIMATES = """
with invoiced as (
    select distinct currency, strftime(invoice_at - interval 1 month, '%Y-%m') as month
    from marts.fct_invoices
    where is_counted and invoice_type = 'one_time' and document_type = 'invoice'
),
listed as (
    select u.order_item_id, coalesce(u.matched_order_id, u.order_id, u.alternate_id) as order_id, u.customer_id,
        u.product_id, u.sku_id, u.month, u.currency, u.line_class,
        sum(u.subtotal) as subtotal, sum(u.signed_quantity) as quantity
    from marts.fct_unbilled_lines u
    where u.is_last_reading and u.line_class <> 'daily_usage'
    group by all
)
select l.*, null as due_at, i.month is null as is_open,
    l.month = max(l.month) over (partition by l.order_item_id, l.currency) as is_newest,
    coalesce(c.minor_digits, 2) as digits
from listed l
left join invoiced i on i.currency = l.currency and i.month = l.month
left join seeds.currencies c on c.currency = l.currency
"""
