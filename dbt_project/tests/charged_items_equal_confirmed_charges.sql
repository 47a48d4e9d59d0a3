-- Invariant: per currency, what the order items were charged is the sum of the confirmed charges. An order item
-- shows its main currency; amounts in others are in `int_order_item_currencies` and added here.
with confirmed as (
    select
        currency,
        sum(subtotal) as subtotal,
        sum(total) as total
    from {{ ref('fct_invoice_lines') }}
    where matched_order_id is not null
    group by currency
),

items as (
    select
        charged_currency as currency,
        sum(charged_subtotal) as subtotal,
        sum(charged_total) as total
    from {{ ref('fct_order_items') }}
    group by charged_currency
),

other_currencies as (
    select
        currency,
        sum(charged_subtotal) as subtotal,
        sum(charged_total) as total
    from {{ ref('int_order_item_currencies') }}
    where not is_main_currency
    group by currency
),

sides as (
    select 1 as side, currency, subtotal, total from confirmed
    union all
    select -1 as side, currency, subtotal, total from items
    union all
    select -1 as side, currency, subtotal, total from other_currencies
),

compared as (
    select
        currency,
        sum(side * subtotal) as subtotal_difference,
        sum(side * total) as total_difference
    from sides
    group by currency
)

select *
from compared
where subtotal_difference <> 0 or total_difference <> 0
