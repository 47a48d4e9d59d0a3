-- Grain: one row per entitlement or component of one.
select
    entitlement_id,
    parent_entitlement_id,
    customer_id,
    order_id,
    order_line_number,
    product_id,
    sku_id,
    {{ as_rate('quantity') }} as quantity,
    entitlement_type,
    expires_at,
    resource_id,
    is_included
from {{ ref('int_entitlements') }}
