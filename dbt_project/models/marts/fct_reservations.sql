-- Grain: one row per customer and reservation.
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
    {{ as_rate('quantity') }} as quantity,
    effective_at,
    expires_at,
    provisioning_state
from {{ ref('int_reservations') }}
