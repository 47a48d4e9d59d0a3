-- Grain: one row per order item with a known history: when its quantity last fell and last rose.
-- The first reading of an order counts back to its creation, so it is no change; a line that it shows
-- cancelled or at 0 was reduced before. A line that joins an order later is an increase.
-- A change was made at the last moment that the change feed records between the two readings that show it;
-- without a record the moment of the later reading stands for it.
with states as (
    select
        order_id,
        order_line_number,
        seen_at,
        is_first_reading and seen_at = min(seen_at) over (partition by order_id) as is_first_reading,
        case when order_status = 'cancelled' then 0 else quantity end as quantity
    from {{ ref('stg_partner_center__order_line_states') }}
),

-- A change of any line shows that the whole order was read then.
readings as (
    select
        order_id,
        seen_at,
        lag(seen_at) over (partition by order_id order by seen_at asc) as seen_before_at
    from (select distinct order_id, seen_at from states) as moments
),

changes_on_record as (
    select
        readings.order_id,
        readings.seen_at,
        max(records.operation_at) as recorded_at
    from readings
    inner join {{ ref('int_order_records') }} as records
        on
            readings.order_id = records.order_id
            and not records.is_creation
            and readings.seen_at >= records.operation_at
            and (readings.seen_before_at is null or readings.seen_before_at < records.operation_at)
    group by readings.order_id, readings.seen_at
),

steps as (
    select
        lines.order_item_id,
        states.seen_at,
        states.quantity,
        states.is_first_reading,
        changes_on_record.recorded_at,
        lag(states.quantity) over (
            partition by states.order_id, states.order_line_number
            order by states.seen_at asc, case when states.is_first_reading then 0 else 1 end asc, states.quantity asc
        ) as quantity_before
    from states
    inner join {{ ref('int_order_lines') }} as lines
        on states.order_id = lines.order_id and states.order_line_number = lines.order_line_number
    left join changes_on_record
        on states.order_id = changes_on_record.order_id and states.seen_at = changes_on_record.seen_at
    where lines.is_purchase
),

per_reading as (
    select
        order_item_id,
        coalesce(max(recorded_at), seen_at) as changed_at,
        max(recorded_at) as recorded_at,
        sum(case when is_first_reading then 0 else quantity - coalesce(quantity_before, 0) end) as change_quantity,
        max(case when is_first_reading and quantity = 0 then 1 else 0 end) as was_reduced_before
    from steps
    group by order_item_id, seen_at
)

select
    order_item_id,
    max(case when change_quantity < 0 then changed_at end) as decreased_at,
    max(case when change_quantity > 0 then changed_at end) as increased_at,
    max(was_reduced_before) = 1 as was_reduced_before,
    max(case when was_reduced_before = 1 then recorded_at end) as reduced_before_at
from per_reading
group by order_item_id
