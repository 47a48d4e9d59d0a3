-- Grain: one row per customer and reservation that an entitlement shows: the order that brought it.
-- A reservation with two orders behind it tells nothing, and has no row.
with behind as (
    select
        entitlements.customer_id,
        artifacts.reservation_key,
        entitlements.order_id
    from {{ ref('stg_partner_center__entitlement_artifacts') }} as artifacts
    inner join {{ ref('stg_partner_center__entitlements') }} as entitlements
        on artifacts._partition = entitlements._partition and artifacts.path = entitlements.path
    where
        artifacts.reservation_key is not null
        and entitlements.order_id is not null
        and entitlements.endpoint = 'entitlements'
)

select
    customer_id,
    reservation_key,
    min(order_id) as order_id
from behind
group by customer_id, reservation_key
having min(order_id) = max(order_id)
