-- Grain: one row per reading of the catalog that is kept, old ones included.
-- The names of what was asked for stand in the partition: country (or customer), product, SKU, availability.
with ledger as (
    select
        endpoint,
        partition_id,
        walk_id,
        read_at,
        checked_at,
        row_count,
        -- Every walk of the catalog is a partition of its own: what was asked for, then the walk.
        substr(partition_id, 1, length(partition_id) - length(walk_id) - 1) as asked_for
    from {{ ref('stg_partner_center__load_ledger') }}
    where
        has_landing
        and endpoint in (
            'products', 'products_by_id', 'skus', 'skus_by_id', 'availabilities', 'availabilities_by_id',
            'customer_products', 'customer_skus', 'customer_availabilities'
        )
),

named as (
    select
        *,
        case
            when endpoint = 'products' or endpoint like 'customer_%' then {{ part_of('asked_for', '/', 2) }}
            when endpoint in ('products_by_id', 'skus') then {{ part_of('asked_for', '/', 3) }}
            when endpoint in ('skus_by_id', 'availabilities') then {{ part_of('asked_for', '/', 4) }}
            else {{ part_of('asked_for', '/', 5) }}
        end as place,
        case when endpoint like '%_by_id' then {{ catalog_id(part_of('asked_for', '/', 2)) }} end as asked_product_id,
        case
            when endpoint in ('skus_by_id', 'availabilities_by_id') then {{ catalog_id(part_of('asked_for', '/', 3)) }}
        end as asked_sku_id,
        case when endpoint = 'availabilities_by_id' then {{ catalog_id(part_of('asked_for', '/', 4)) }} end
            as asked_availability_id,
        row_number() over (partition by asked_for order by read_at desc, walk_id desc) = 1 as is_newest
    from ledger
)

select
    partition_id,
    endpoint,
    asked_for,
    place,
    asked_product_id,
    asked_sku_id,
    asked_availability_id,
    read_at,
    -- An older reading was true when it was taken; how long after, nobody looked.
    case when is_newest then checked_at else read_at end as seen_at,
    row_count,
    is_newest
from named
