-- Grain: one row per availability that the catalog showed once, or was asked for by id.
{{ catalog_items(
    staging = 'stg_partner_center__availabilities',
    by_id = 'availabilities_by_id',
    keys = ['product_id', 'sku_id', 'availability_id'],
    attributes = [
        'currency', 'segment', 'country', 'is_purchasable',
        'is_renewable', 'terms'
    ]
) }}
