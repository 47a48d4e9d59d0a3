-- Grain: one row per appearance of an order line: in its customer's list of orders, by id.
with order_line_items as (
    select
        sent._partition,
        sent._page,
        sent._position,
        sent.order_id,
        sent.line_item_number,
        sent.offer_id,
        sent.subscription_id,
        sent.term_duration,
        sent.transaction_type,
        sent.friendly_name,
        sent.quantity,
        sent.partner_id_on_record,
        sent.price,
        sent.extended_price,
        sent.product_uri,
        sent.sku_uri,
        sent.availability_uri,
        sent.currency_code,
        -- Modern offers name product, SKU and availability; others leave that to the links.
        length(sent.offer_id) - length(replace(sent.offer_id, ':', '')) = 2 as is_catalog_offer
    from {{ current_rows('order_line_items') }}
),

cleaned as (
    select
        _partition,
        _page,
        _position,
        {{ order_id('order_id') }} as order_id,
        line_item_number as order_line_number,
        {{ catalog_id(
            "case when is_catalog_offer then " ~ part_of('offer_id', ':', 1)
            ~ " else coalesce(" ~ link_part('sku_uri', 'products') ~ ", " ~ link_part('product_uri', 'products') ~ ") end"
        ) }} as product_id,
        {{ catalog_id(
            "case when is_catalog_offer then " ~ part_of('offer_id', ':', 2)
            ~ " else " ~ link_part('sku_uri', 'skus') ~ " end"
        ) }} as sku_id,
        {{ catalog_id(
            "case when is_catalog_offer then " ~ part_of('offer_id', ':', 3)
            ~ " else " ~ link_part('availability_uri', 'availabilities') ~ " end"
        ) }} as availability_id,
        {{ blank_to_null('offer_id') }} as offer_id,
        {{ fold_guid('subscription_id') }} as subscription_id,
        {{ blank_to_null('term_duration') }} as term_duration,
        {{ fold_word('transaction_type') }} as transaction_type,
        {{ blank_to_null('friendly_name') }} as friendly_name,
        quantity,
        {{ partner_id('partner_id_on_record') }} as partner_id_on_record,
        price as unit_price,
        extended_price as extended_amount,
        upper({{ blank_to_null('currency_code') }}) as currency
    from order_line_items
)

select * from cleaned
