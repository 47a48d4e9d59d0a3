-- Invariant: no charge is tied to two order items, and a match names an order item that exists.
with matches as (
    select
        lines.invoice_line_id,
        count(*) as matches_count,
        count(items.order_item_id) as items_count
    from {{ ref('int_lines') }} as lines
    left join {{ ref('int_order_items') }} as items on lines.order_item_id = items.order_item_id
    where lines.order_item_id is not null
    group by lines.invoice_line_id
)

select *
from matches
where matches_count <> 1 or items_count <> 1
