-- Control total: every document, order line, entitlement and balance that was staged is in its mart, once.
with counts as (
    select
        'documents' as record,
        (select count(distinct invoice_id) from {{ ref('stg_partner_center__invoices') }}) as staged,
        (select count(*) from {{ ref('fct_invoices') }}) as published
    union all
    select
        'orders with lines' as record,
        (select count(distinct order_id) from {{ ref('stg_partner_center__order_line_items') }}) as staged,
        (select count(distinct order_id) from {{ ref('fct_order_lines') }}) as published
    union all
    select
        'order lines' as record,
        (
            select count(*)
            from (
                select distinct lines.order_id, lines.order_line_number
                from {{ ref('stg_partner_center__order_line_items') }} as lines
                inner join {{ ref('int_orders') }} as orders
                    on lines.order_id = orders.order_id and lines._partition = orders._partition
            ) as distinct_lines
        ) as staged,
        (select count(*) from {{ ref('fct_order_lines') }}) as published
    union all
    select
        'entitlements' as record,
        (select count(*) from {{ ref('stg_partner_center__entitlements') }} where endpoint = 'entitlements') as staged,
        (select count(*) from {{ ref('fct_entitlements') }}) as published
    union all
    select
        'balances' as record,
        (
            select count(*)
            from (
                select distinct read_at, currency, invoice_type
                from {{ ref('stg_partner_center__invoice_summaries') }}
            ) as distinct_balances
        ) as staged,
        (select count(*) from {{ ref('fct_balances') }}) as published
)

select *
from counts
where staged is distinct from published
