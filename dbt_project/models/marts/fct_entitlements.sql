-- Grain: one row per entitlement or component of one.
with reservations as (
    select
        entitlement_id,
        case when min(scope_type) = max(scope_type) then min(scope_type) else 'several' end as scope_type,
        min(effective_at) as effective_at
    from {{ ref('int_reservations') }}
    group by entitlement_id
)

select
    entitlements.entitlement_id,
    entitlements.parent_entitlement_id,
    entitlements.customer_id,
    entitlements.order_id,
    entitlements.order_line_number,
    entitlements.product_id,
    entitlements.sku_id,
    {{ as_rate('entitlements.quantity') }} as quantity,
    entitlements.entitlement_type,
    entitlements.expires_at,
    entitlements.resource_id,
    entitlements.is_included,
    entitlements.reservation_type,
    reservations.scope_type,
    reservations.effective_at,
    {{ as_rate('entitlements.transferred_quantity') }} as transferred_quantity,
    {{ as_rate('entitlements.pending_quantity') }} as pending_quantity
from {{ ref('int_entitlements') }} as entitlements
left join reservations on entitlements.entitlement_id = reservations.entitlement_id
