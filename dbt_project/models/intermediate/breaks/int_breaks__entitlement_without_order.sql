-- Rule: an entitlement refers to an order that is not among the customer's orders and is not found by id.
-- Grain: one row per entitlement that breaks the rule.
with entitlements as (
    select
        entitlement_id,
        customer_id,
        order_id,
        product_id,
        sku_id,
        quantity,
        entitlement_at,
        is_top_level,
        is_order_known,
        is_entitlement_order_read
    from {{ ref('int_entitlements') }}
),

-- Included entitlements repeat the reference of the one they come with.
without_order as (
    select *
    from entitlements
    where is_top_level
        and order_id is not null
        and is_order_known is not true
        and is_entitlement_order_read
),

breaks as (
    select
        {{ break_row('entitlement_without_order', 'entitlement', {
            'grain_key': 'entitlement_id',
            'subject_key': 'entitlement_id',
            'entitlement_id': 'entitlement_id',
            'customer_id': 'customer_id',
            'order_id': 'order_id',
            'product_id': 'product_id',
            'sku_id': 'sku_id',
            'expected_quantity': '0',
            'actual_quantity': 'quantity',
            'direction': "'exposure'",
            'business_at': 'entitlement_at',
            'explanation': "'entitled to ' || " ~ quantity_text('quantity') ~ " || ' of ' || " ~ id_text('product_id') ~ "
                || ':' || " ~ id_text('sku_id') ~ " || ', but order ' || order_id || ' is not known'"
        }) }}
    from without_order
)

select * from breaks
