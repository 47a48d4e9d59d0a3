-- Grain: one row per billed licence line of a legacy invoice, as sent; equal rows stay apart.
with line_items as (
    select
        ledger.invoice_id as asked_invoice_id,
        ledger.provider,
        ledger.line_item_type,
        ledger.source_api,
        sent._partition,
        sent._page,
        sent._position,
        sent.customer_id,
        sent.customer_name,
        sent.tier2_mpn_id,
        sent.order_id,
        sent.subscription_id,
        sent.syndication_partner_subscription_number,
        sent.offer_id,
        sent.durable_offer_id,
        sent.offer_name,
        sent.domain_name,
        sent.billing_cycle_type,
        sent.subscription_name,
        sent.subscription_start_date,
        sent.subscription_end_date,
        sent.charge_start_date,
        sent.charge_end_date,
        sent.charge_type,
        sent.unit_price,
        sent.quantity,
        sent.amount,
        sent.total_other_discount,
        sent.subtotal,
        sent.tax,
        sent.total_for_customer,
        sent.currency
    from {{ current_rows('office_line_items') }}
),

cleaned as (
    select
        _partition,
        _page,
        _position,
        -- Rows name no invoice: it is the one that was asked for.
        {{ blank_to_null('asked_invoice_id') }} as invoice_id,
        {{ provider_word('provider') }} as billing_provider,
        {{ fold_word('line_item_type') }} as line_item_type,
        source_api,
        {{ fold_guid('customer_id') }} as customer_id,
        customer_id as sent_customer_id,
        {{ blank_to_null('customer_name') }} as customer_name,
        {{ partner_id('tier2_mpn_id') }} as reseller_mpn_id,
        -- Ids of the former billing platform, which match nothing else.
        {{ blank_to_null('order_id') }} as legacy_order_id,
        {{ blank_to_null('subscription_id') }} as legacy_subscription_id,
        -- Under this name hides the subscription as it is known everywhere else.
        {{ fold_guid('syndication_partner_subscription_number') }} as subscription_id,
        {{ fold_guid('offer_id') }} as legacy_offer_id,
        {{ fold_guid('durable_offer_id') }} as offer_id,
        {{ blank_to_null('offer_name') }} as offer_name,
        {{ blank_to_null('domain_name') }} as domain_name,
        {{ blank_to_null('subscription_name') }} as subscription_name,
        {{ blank_to_null('charge_type') }} as charge_type,
        {{ blank_to_null('billing_cycle_type') }} as billing_frequency,
        unit_price,
        quantity,
        amount,
        coalesce(total_other_discount, 0) as discount_amount,
        subtotal,
        coalesce(tax, 0) as tax_total,
        total_for_customer as total,
        upper({{ blank_to_null('currency') }}) as currency,
        {{ parse_timestamp('subscription_start_date') }} as subscription_start_at,
        {{ parse_timestamp('subscription_end_date') }} as subscription_end_at,
        {{ parse_timestamp('charge_start_date') }} as charge_start_at,
        {{ parse_timestamp('charge_end_date') }} as charge_end_at
    from line_items
)

select * from cleaned
