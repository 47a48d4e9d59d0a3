-- Grain: one row per listed price as a sheet says it; equal rows stay apart.
with listed as (
    select
        sent._partition,
        sent._page,
        sent._position,
        sent.product_title,
        sent.product_id,
        sent.sku_id,
        sent.sku_title,
        sent.publisher,
        sent.unit_of_measure,
        sent.term_duration,
        sent.billing_plan,
        sent.market,
        sent.currency,
        sent.unit_price,
        sent.pricing_tier_range_min,
        sent.pricing_tier_range_max,
        sent.effective_start_date,
        sent.effective_end_date,
        sent.erp_price,
        sent.segment
    from {{ current_rows('price_sheets') }}
),

cleaned as (
    select
        _partition,
        _page,
        _position,
        upper({{ part_of('_partition', '/', 2) }}) as asked_market,
        {{ part_of('_partition', '/', 3) }} as price_view,
        {{ partition_month('_partition', 4) }} as month,
        upper({{ blank_to_null('market') }}) as market,
        coalesce(upper(trim(market)) <> upper({{ part_of('_partition', '/', 2) }}), true) as is_other_market,
        {{ catalog_id('product_id') }} as product_id,
        {{ catalog_id('sku_id') }} as sku_id,
        {{ blank_to_null('product_title') }} as product_title,
        {{ blank_to_null('sku_title') }} as sku_title,
        {{ blank_to_null('publisher') }} as publisher,
        {{ blank_to_null('unit_of_measure') }} as unit_of_measure,
        {{ blank_to_null('term_duration') }} as term_duration,
        {{ blank_to_null('billing_plan') }} as billing_plan,
        lower({{ blank_to_null('segment') }}) as segment,
        pricing_tier_range_min as tier_min,
        pricing_tier_range_max as tier_max,
        upper({{ blank_to_null('currency') }}) as currency,
        unit_price,
        erp_price as retail_price,
        {{ parse_us_timestamp('effective_start_date') }} as valid_from,
        {{ parse_us_timestamp('effective_end_date') }} as valid_to
    from listed
)

select * from cleaned
