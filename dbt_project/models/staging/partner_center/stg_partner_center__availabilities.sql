-- Grain: one row per appearance of an availability in a reading of the catalog.
with availabilities as (
    select
        sent._partition,
        sent._page,
        sent._position,
        sent.product_id,
        sent.sku_id,
        sent.id,
        sent.catalog_item_id,
        sent.default_currency,
        sent.segment,
        sent.country,
        sent.is_purchasable,
        sent.is_renewable,
        sent.terms
    from {{ current_rows('availabilities') }}
),

cleaned as (
    select
        _partition,
        _page,
        _position,
        {{ catalog_id('product_id') }} as product_id,
        {{ catalog_id('sku_id') }} as sku_id,
        {{ catalog_id('id') }} as availability_id,
        {{ blank_to_null('catalog_item_id') }} as catalog_item_id,
        -- An object of code and symbol, or the code alone.
        upper(coalesce(
            {{ text_member('default_currency', 'code') }},
            {{ blank_to_null("replace(case when default_currency not like '{%' then default_currency end, '\"', '')") }}
        )) as currency,
        lower({{ blank_to_null('segment') }}) as segment,
        upper({{ blank_to_null('country') }}) as country,
        is_purchasable,
        is_renewable,
        -- JSON as sent.
        terms
    from availabilities
)

select * from cleaned
