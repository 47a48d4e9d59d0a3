-- Grain: one row per appearance of a product in a reading of the catalog.
with products as (
    select
        sent._partition,
        sent._page,
        sent._position,
        sent.id,
        sent.title,
        sent.description,
        sent.product_type_id,
        sent.product_sub_type_id,
        sent.is_microsoft_product,
        sent.publisher_name
    from {{ current_rows('products') }}
),

cleaned as (
    select
        _partition,
        _page,
        _position,
        {{ catalog_id('id') }} as product_id,
        {{ blank_to_null('title') }} as product_name,
        {{ blank_to_null('description') }} as description,
        {{ blank_to_null('product_type_id') }} as product_type,
        {{ blank_to_null('product_sub_type_id') }} as product_sub_type,
        is_microsoft_product,
        {{ blank_to_null('publisher_name') }} as publisher_name
    from products
)

select * from cleaned
