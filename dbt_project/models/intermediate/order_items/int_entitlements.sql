-- Grain: one row per entitlement or component of one. The API gives no id: ours is made of customer, order,
-- order line, product, SKU and place in the bundle, plus an occurrence number.
with entitlements as (
    select
        rows_sent._partition,
        rows_sent._page,
        rows_sent._position,
        rows_sent.path,
        rows_sent.parent_path,
        rows_sent.customer_id,
        rows_sent.order_id,
        rows_sent.order_line_number,
        rows_sent.product_id,
        rows_sent.sku_id,
        rows_sent.quantity,
        rows_sent.transferred_quantity,
        rows_sent.pending_quantity,
        rows_sent.entitlement_type,
        rows_sent.expires_at,
        rows_sent.reservation_type,
        {{ hash_of([
            'rows_sent.customer_id', 'rows_sent.order_id', 'rows_sent.order_line_number',
            'rows_sent.product_id', 'rows_sent.sku_id', 'parents.product_id', 'parents.sku_id',
            "length(rows_sent.path) - length(replace(rows_sent.path, '.', ''))"
        ]) }} as entitlement_hash
    from {{ ref('stg_partner_center__entitlements') }} as rows_sent
    left join {{ ref('stg_partner_center__entitlements') }} as parents
        on rows_sent._partition = parents._partition and rows_sent.parent_path = parents.path
    -- Lists of one type repeat what the list of all says.
    where rows_sent.endpoint = 'entitlements'
),

numbered as (
    select
        entitlements.*,
        entitlement_hash || '-' || {{ as_text(
            'row_number() over (partition by entitlement_hash order by _partition asc, _page asc, _position asc, path asc)'
        ) }} as entitlement_id
    from entitlements
),

artifacts as (
    select
        _partition,
        path,
        min(resource_id) as resource_id,
        min(reservation_type) as reservation_type
    from {{ ref('stg_partner_center__entitlement_artifacts') }}
    group by _partition, path
)

select
    numbered.entitlement_id,
    parents.entitlement_id as parent_entitlement_id,
    numbered.customer_id,
    numbered.order_id,
    numbered.order_line_number,
    numbered.product_id,
    numbered.sku_id,
    numbered.quantity,
    numbered.entitlement_type,
    numbered.expires_at,
    artifacts.resource_id,
    numbered.parent_path is not null as is_included,
    {{ as_time('null') }} as entitlement_at,
    numbered.parent_path is null as is_top_level,
    orders.order_id is not null as is_order_known,
    coalesce(coverage.is_orders_read, false) as is_entitlement_order_read,
    numbered.transferred_quantity,
    numbered.pending_quantity,
    numbered._partition,
    numbered.path,
    coalesce(numbered.reservation_type, artifacts.reservation_type) as reservation_type
from numbered
left join numbered as parents
    on numbered._partition = parents._partition and numbered.parent_path = parents.path
left join artifacts on numbered._partition = artifacts._partition and numbered.path = artifacts.path
left join {{ ref('int_orders') }} as orders
    on numbered.order_id = orders.order_id and numbered.customer_id = orders.customer_id
left join {{ ref('int_customer_coverage') }} as coverage on numbered.customer_id = coverage.customer_id
