-- Grain: one row per order item with a known history: when its quantity last fell and last rose.
-- The first reading of an order counts back to its creation, so it is no change; a line that it shows
-- cancelled or at 0 was reduced before, at a time nobody saw. A line that joins an order later is an increase.
with states as (
    select
        order_id,
        order_line_number,
        seen_at,
        is_first_reading and seen_at = min(seen_at) over (partition by order_id) as is_first_reading,
        case when order_status = 'cancelled' then 0 else quantity end as quantity
    from {{ ref('stg_partner_center__order_line_states') }}
),

lines as (
    select
        order_item_id,
        order_id,
        order_line_number
    from {{ ref('int_order_lines') }}
    where is_purchase
),

steps as (
    select
        lines.order_item_id,
        states.seen_at,
        states.quantity,
        states.is_first_reading,
        lag(states.quantity) over (
            partition by states.order_id, states.order_line_number
            order by states.seen_at asc, case when states.is_first_reading then 0 else 1 end asc, states.quantity asc
        ) as quantity_before
    from states
    inner join lines
        on states.order_id = lines.order_id and states.order_line_number = lines.order_line_number
),

per_reading as (
    select
        order_item_id,
        seen_at,
        sum(case when is_first_reading then 0 else quantity - coalesce(quantity_before, 0) end) as change_quantity,
        max(case when is_first_reading and quantity = 0 then 1 else 0 end) as was_reduced_before
    from steps
    group by order_item_id, seen_at
)

select
    order_item_id,
    max(case when change_quantity < 0 then seen_at end) as decreased_at,
    max(case when change_quantity > 0 then seen_at end) as increased_at,
    max(was_reduced_before) = 1 as was_reduced_before
from per_reading
group by order_item_id
