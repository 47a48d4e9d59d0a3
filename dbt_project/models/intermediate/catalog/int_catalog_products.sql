-- Grain: one row per product that the catalog showed once, or was asked for by id.
{{ catalog_items(
    staging = 'stg_partner_center__products',
    by_id = 'products_by_id',
    keys = ['product_id'],
    attributes = [
        'product_name', 'product_type', 'product_sub_type', 'is_microsoft_product',
        'publisher_name'
    ]
) }}
