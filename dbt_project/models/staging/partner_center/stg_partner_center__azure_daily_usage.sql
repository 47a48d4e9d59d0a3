-- Grain: one row per day of usage behind a legacy Azure invoice, as sent; quantities only.
with usage_rows as (
    select
        ledger.invoice_id as asked_invoice_id,
        ledger.provider,
        ledger.line_item_type,
        ledger.source_api,
        sent._partition,
        sent._page,
        sent._position,
        sent.customer_id,
        sent.customer_company_name,
        sent.customer_name,
        sent.domain_name,
        sent.tier2_mpn_id,
        sent.order_id,
        sent.subscription_id,
        sent.subscription_name,
        sent.usage_date,
        sent.service_name,
        sent.service_type,
        sent.resource_guid,
        sent.resource_name,
        sent.region,
        sent.unit,
        sent.metered_service,
        sent.metered_service_type,
        sent.metered_region,
        sent.project,
        sent.service_info,
        sent.consumed_quantity,
        sent.charge_start_date,
        sent.charge_end_date
    from {{ current_rows('azure_daily_usage') }}
),

cleaned as (
    select
        _partition,
        _page,
        _position,
        {{ blank_to_null('asked_invoice_id') }} as invoice_id,
        {{ provider_word('provider') }} as billing_provider,
        {{ fold_word('line_item_type') }} as line_item_type,
        source_api,
        {{ fold_guid('customer_id') }} as customer_id,
        customer_id as sent_customer_id,
        coalesce({{ blank_to_null('customer_company_name') }}, {{ blank_to_null('customer_name') }}) as customer_name,
        {{ blank_to_null('domain_name') }} as domain_name,
        {{ partner_id('tier2_mpn_id') }} as reseller_mpn_id,
        -- Ids of the former billing platform, which match nothing else.
        {{ blank_to_null('order_id') }} as legacy_order_id,
        {{ fold_guid('subscription_id') }} as legacy_subscription_id,
        {{ blank_to_null('subscription_name') }} as subscription_name,
        cast({{ parse_timestamp('usage_date') }} as date) as usage_date,
        {{ blank_to_null('service_name') }} as service_name,
        {{ blank_to_null('service_type') }} as service_type,
        {{ fold_guid('resource_guid') }} as resource_guid,
        {{ blank_to_null('resource_name') }} as resource_name,
        {{ blank_to_null('region') }} as region,
        {{ blank_to_null('unit') }} as unit_type,
        {{ blank_to_null('metered_service') }} as metered_service,
        {{ blank_to_null('metered_service_type') }} as metered_service_type,
        {{ blank_to_null('metered_region') }} as metered_region,
        {{ blank_to_null('project') }} as project,
        {{ blank_to_null('service_info') }} as service_info,
        consumed_quantity,
        {{ parse_timestamp('charge_start_date') }} as charge_start_at,
        {{ parse_timestamp('charge_end_date') }} as charge_end_at
    from usage_rows
)

select * from cleaned
