-- Grain: one row per listed price: sheet, market, product, SKU, term, plan, segment, tier, currency, price, validity.
with listed as (
    select * from {{ ref('stg_partner_center__price_sheets') }}
)

select
    {{ hash_of([
        'asked_market', 'price_view', 'month', 'market', 'product_id', 'sku_id', 'term_duration', 'billing_plan',
        'segment', 'currency', decimal_text('tier_min'), decimal_text('tier_max'), decimal_text('unit_price'),
        decimal_text('retail_price'), 'unit_of_measure', 'valid_from', 'valid_to'
    ]) }} as price_id,
    asked_market,
    price_view,
    month,
    market,
    is_other_market,
    product_id,
    sku_id,
    {{ as_text('max(product_title)') }} as product_title,
    {{ as_text('max(sku_title)') }} as sku_title,
    term_duration,
    billing_plan,
    segment,
    tier_min,
    tier_max,
    unit_of_measure,
    currency,
    unit_price,
    retail_price,
    valid_from,
    valid_to,
    {{ as_count('count(*)') }} as row_count
from listed
group by
    asked_market, price_view, month, market, is_other_market, product_id, sku_id, term_duration, billing_plan,
    segment, tier_min, tier_max, unit_of_measure, currency, unit_price, retail_price, valid_from, valid_to
