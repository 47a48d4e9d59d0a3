-- Grain: one row per appearance of a SKU in a reading of the catalog.
with skus as (
    select
        sent._partition,
        sent._page,
        sent._position,
        sent.product_id,
        sent.id,
        sent.title,
        sent.minimum_quantity,
        sent.maximum_quantity,
        sent.is_trial,
        sent.supported_billing_cycles,
        sent.purchase_prerequisites,
        sent.inventory_variables,
        sent.dynamic_attributes
    from {{ current_rows('skus') }}
),

cleaned as (
    select
        _partition,
        _page,
        _position,
        {{ catalog_id('product_id') }} as product_id,
        {{ catalog_id('id') }} as sku_id,
        {{ blank_to_null('title') }} as sku_name,
        minimum_quantity,
        maximum_quantity,
        is_trial,
        -- JSON as sent: lists of words, and a free form that changes without notice.
        supported_billing_cycles,
        purchase_prerequisites,
        inventory_variables,
        dynamic_attributes,
        coalesce(lower(purchase_prerequisites) like '%inventorycheck%', false) as needs_inventory_check
    from skus
)

select * from cleaned
