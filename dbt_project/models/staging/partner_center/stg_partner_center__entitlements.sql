-- Grain: one row per entitlement, or component of one, of one customer.
with entitlements as (
    select
        ledger.endpoint,
        ledger.customer_id,
        sent._partition,
        sent._page,
        sent._position,
        sent.path,
        sent.parent_path,
        sent.reference_order_id,
        sent.reference_order_line_item_id,
        sent.product_id,
        sent.sku_id,
        sent.quantity,
        sent.quantity_details,
        sent.entitlement_type,
        sent.expiry_date,
        sent.dynamic_attributes
    from {{ current_rows('entitlements') }}
),

cleaned as (
    select
        endpoint,
        _partition,
        _page,
        _position,
        path,
        parent_path,
        {{ fold_guid('customer_id') }} as customer_id,
        {{ order_id('reference_order_id') }} as order_id,
        try_cast({{ blank_to_null('reference_order_line_item_id') }} as {{ count_type() }}) as order_line_number,
        {{ catalog_id('product_id') }} as product_id,
        {{ catalog_id('sku_id') }} as sku_id,
        quantity,
        {{ quantity_with_status('quantity_details', 'transferred') }} as transferred_quantity,
        {{ quantity_with_status('quantity_details', 'prefulfillmentpending') }} as pending_quantity,
        {{ fold_word('entitlement_type') }} as entitlement_type,
        {{ parse_timestamp('expiry_date') }} as expires_at,
        lower({{ text_member('dynamic_attributes', 'reservationType') }}) as reservation_type
    from entitlements
)

select * from cleaned
