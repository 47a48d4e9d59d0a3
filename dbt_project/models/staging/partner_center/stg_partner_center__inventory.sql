-- Grain: one row per SKU in an answer of the inventory check.
with inventory as (
    select
        ledger.checked_at,
        sent._partition,
        sent._position,
        sent.product_id,
        sent.sku_id,
        sent.is_restricted,
        sent.restrictions
    from {{ current_rows('inventory') }}
),

cleaned as (
    select
        _partition,
        _position,
        checked_at,
        {{ catalog_id('product_id') }} as product_id,
        {{ catalog_id('sku_id') }} as sku_id,
        is_restricted,
        -- JSON as sent: reason, description and what it holds for.
        restrictions
    from inventory
)

select * from cleaned
