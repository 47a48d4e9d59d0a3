-- Grain: one row per daily usage row of a document, in the columns of all billed lines. These rows explain other
-- lines and have no tax, no order and no part in a total, so they go no further than their identity.
{{ config(materialized='view') }}

with rated as (
    select
        {{ billed_line_row(with_columns(
            kept_columns([
                '_partition', '_page', '_position', 'invoice_id', 'billing_provider', 'line_item_type', 'source_api',
                'customer_id', 'product_id', 'sku_id', 'availability_id', 'charge_type', 'currency', 'quantity',
                'unit_price', 'effective_unit_price', 'pricing_currency', 'fx_rate', 'charge_start_at',
                'charge_end_at', 'subscription_id', 'reservation_order_id'
            ]),
            {'subtotal': truncate_decimal('subtotal', 12)}
        )) }},
        {{ as_time('usage_date') }} as usage_at,
        {{ hash_of(line_identity_parts('onetime_usage')) }} as line_hash
    from {{ ref('stg_partner_center__daily_rated_usage') }}
),

consumed as (
    select
        {{ billed_line_row(with_columns(
            kept_columns([
                '_partition', '_page', '_position', 'invoice_id', 'billing_provider', 'line_item_type', 'source_api',
                'customer_id', 'charge_start_at', 'charge_end_at'
            ]),
            {'product_id': 'resource_guid', 'subscription_id': 'legacy_subscription_id', 'quantity': 'consumed_quantity'}
        )) }},
        {{ as_time('usage_date') }} as usage_at,
        {{ hash_of(line_identity_parts('azure_usage')) }} as line_hash
    from {{ ref('stg_partner_center__azure_daily_usage') }}
),

gathered as (
    select * from rated
    union all
    select * from consumed
)

select
    gathered.*,
    line_hash || '-' || {{ as_text(
        'row_number() over (partition by line_hash order by _partition asc, _page asc, _position asc)'
    ) }} as invoice_line_id
from gathered
