-- Grain: one row per customer and reservation, with the entitlement that shows it.
-- What was read of a reservation whose entitlement is gone is not looked at any more.
with shown as (
    select
        reservations.reservation_id,
        reservations.scope_type,
        reservations.applied_scopes,
        reservations.display_name,
        reservations.quantity,
        reservations.effective_at,
        reservations.expires_at,
        reservations.provisioning_state,
        coalesce(entitlements.reservation_type, reservations.reservation_type) as reservation_type,
        entitlements.entitlement_id,
        entitlements.customer_id,
        entitlements.order_id,
        entitlements.order_line_number,
        entitlements.product_id,
        entitlements.sku_id,
        -- An artifact that a bundle and its part both show is that of the bundle.
        row_number() over (
            partition by entitlements.customer_id, reservations.reservation_id
            order by
                case when entitlements.is_top_level then 0 else 1 end asc,
                reservations.checked_at desc nulls last,
                entitlements.entitlement_id asc,
                reservations._partition asc,
                reservations._page asc,
                reservations._position asc
        ) as preference
    from {{ ref('stg_partner_center__reservations') }} as reservations
    inner join {{ ref('stg_partner_center__entitlement_artifacts') }} as artifacts
        on reservations._partition = artifacts.reservation_partition
    inner join {{ ref('int_entitlements') }} as entitlements
        on artifacts._partition = entitlements._partition and artifacts.path = entitlements.path
)

select
    reservation_id,
    customer_id,
    entitlement_id,
    order_id,
    order_line_number,
    product_id,
    sku_id,
    reservation_type,
    scope_type,
    applied_scopes,
    display_name,
    quantity,
    effective_at,
    expires_at,
    provisioning_state
from shown
where preference = 1
