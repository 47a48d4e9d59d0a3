-- Every break about a credit is a refund with its status, and every refund with such a status has its break.
-- Where more than one rule speaks of the same charges, the first one of over, unasked, late, short names the status.
with found as (
    select
        break_id,
        break_code,
        coalesce(charge_group_id, {{ hash_of(["'item'", 'order_item_id']) }}) as refund_id,
        case break_code
            when 'over_credited' then 1
            when 'credit_without_cancellation' then 2
            when 'cancelled_not_credited' then 3
            when 'credit_short' then 4
        end as position
    from {{ ref('int_breaks_found') }}
),

statuses as (
    select
        refund_id,
        refund_status,
        order_item_id,
        case refund_status when 'over' then 1 when 'unasked' then 2 when 'late' then 3 when 'short' then 4 end as position
    from {{ ref('fct_refunds') }}
),

first_found as (
    select
        refund_id,
        min(position) as position
    from found
    where position is not null
    group by refund_id
),

-- Without a break: more units came back than ordered less, or nobody knows an order for what came.
own_judgement as (
    select statuses.refund_id
    from statuses
    left join {{ ref('int_order_items') }} as items on statuses.order_item_id = items.order_item_id
    where (statuses.refund_status = 'over' and items.was_ever_reduced and items.charged_quantity < items.expected_quantity)
        or (statuses.refund_status = 'unasked' and statuses.order_item_id is null)
)

select
    coalesce(statuses.refund_id, first_found.refund_id) as refund_id,
    statuses.refund_status,
    first_found.position as position_of_break
from statuses
full join first_found on statuses.refund_id = first_found.refund_id
left join own_judgement on statuses.refund_id = own_judgement.refund_id
where coalesce(statuses.position, 0) <> coalesce(first_found.position, 0)
    and not (first_found.position is null and own_judgement.refund_id is not null)
