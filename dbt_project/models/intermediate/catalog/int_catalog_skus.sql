-- Grain: one row per SKU that the catalog showed once, or was asked for by id.
{{ catalog_items(
    staging = 'stg_partner_center__skus',
    by_id = 'skus_by_id',
    keys = ['product_id', 'sku_id'],
    attributes = [
        'sku_name', 'minimum_quantity', 'maximum_quantity', 'is_trial',
        'supported_billing_cycles', 'purchase_prerequisites', 'needs_inventory_check', 'dynamic_attributes'
    ]
) }}
