-- Grain: one row per billed line of the legacy providers, office licences and azure usage, in the columns of all
-- billed lines. Their order ids belong to the former billing platform and lead to no order, so they have none.
with licences as (
    select
        {{ billed_line_row(with_columns(
            kept_columns(legacy_line_columns()),
            {
                'product_id': 'coalesce(offer_id, legacy_offer_id)',
                'product_name': 'offer_name',
                'subscription_id': 'subscription_id',
                'quantity': 'quantity',
                'billable_quantity': 'quantity',
            }
        )) }},
        {{ hash_of(line_identity_parts('office_billing')) }} as line_hash
    from {{ ref('stg_partner_center__office_line_items') }}
),

metered as (
    select
        {{ billed_line_row(with_columns(
            kept_columns(legacy_line_columns()),
            {
                'product_id': 'resource_guid',
                'product_name': 'resource_name',
                'sku_id': 'sku',
                'subscription_id': 'legacy_subscription_id',
                'quantity': 'consumed_quantity',
                'billable_quantity': 'consumed_quantity',
                'effective_unit_price': 'effective_unit_price',
            }
        )) }},
        {{ hash_of(line_identity_parts('azure_billing')) }} as line_hash
    from {{ ref('stg_partner_center__azure_line_items') }}
)

select * from licences
union all
select * from metered
