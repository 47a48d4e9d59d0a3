-- Interface stub of int_entitlements; filled in next.
select
    {{ as_text('null') }} as entitlement_id,
    {{ as_text('null') }} as parent_entitlement_id,
    {{ as_text('null') }} as customer_id,
    {{ as_text('null') }} as order_id,
    {{ as_count('null') }} as order_line_number,
    {{ as_text('null') }} as product_id,
    {{ as_text('null') }} as sku_id,
    {{ as_rate('null') }} as quantity,
    {{ as_text('null') }} as entitlement_type,
    {{ as_time('null') }} as expires_at,
    {{ as_text('null') }} as resource_id,
    {{ as_flag('null') }} as is_included,
    {{ as_time('null') }} as entitlement_at,
    {{ as_flag('null') }} as is_top_level,
    {{ as_flag('null') }} as is_order_known,
    {{ as_flag('null') }} as is_entitlement_order_read
where 1 = 0
