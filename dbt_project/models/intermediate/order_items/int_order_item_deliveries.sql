-- Grain: one row per order item whose provisioning status was read: units that are still being delivered.
with order_lines as (
    select
        order_item_id,
        order_id,
        customer_id,
        order_line_number,
        quantity
    from {{ ref('int_order_lines') }}
    -- Of a cancelled line nothing is to come.
    where is_purchase and not is_order_cancelled and quantity > 0
),

statuses as (
    select
        customer_id,
        order_id,
        order_line_number,
        status,
        pending_quantity
    from {{ ref('stg_partner_center__order_provisioning_status') }}
),

waiting as (
    select
        order_lines.order_item_id,
        case
            -- A line that is pending without saying how much of it is pending as a whole.
            when statuses.status = 'prefulfillmentpending' and statuses.pending_quantity = 0 then order_lines.quantity
            else statuses.pending_quantity
        end as pending_quantity
    from order_lines
    inner join statuses
        on
            order_lines.order_id = statuses.order_id
            and order_lines.customer_id = statuses.customer_id
            and order_lines.order_line_number = statuses.order_line_number
)

select
    order_item_id,
    {{ as_rate('sum(pending_quantity)') }} as pending_quantity
from waiting
group by order_item_id
