-- Grain: one row per subscription of an order that was asked for.
with subscriptions_by_order as (
    select
        ledger.customer_id,
        ledger.order_id as asked_order_id,
        sent._partition,
        sent._page,
        sent._position,
        sent.id,
        sent.order_id,
        sent.offer_id,
        sent.entitlement_id,
        sent.friendly_name,
        sent.quantity,
        sent.creation_date,
        sent.effective_start_date,
        sent.commitment_end_date,
        sent.status,
        sent.billing_cycle,
        sent.billing_type,
        sent.term_duration,
        sent.auto_renew_enabled,
        sent.is_trial
    from {{ current_rows('subscriptions_by_order') }}
),

cleaned as (
    select
        _partition,
        _page,
        _position,
        {{ fold_guid('customer_id') }} as customer_id,
        {{ fold_guid('id') }} as subscription_id,
        -- Some bodies leave out the order; it is the one that was asked for.
        coalesce({{ order_id('order_id') }}, {{ order_id('asked_order_id') }}) as order_id,
        {{ blank_to_null('offer_id') }} as offer_id,
        {{ fold_guid('entitlement_id') }} as azure_subscription_id,
        {{ blank_to_null('friendly_name') }} as friendly_name,
        quantity,
        {{ parse_timestamp('creation_date') }} as created_at,
        {{ parse_timestamp('effective_start_date') }} as starts_at,
        {{ parse_timestamp('commitment_end_date') }} as commitment_ends_at,
        {{ fold_word('status') }} as status,
        {{ fold_word('billing_cycle') }} as billing_cycle,
        -- Metered or per seat; not the billing cycle that orders are filtered by.
        {{ fold_word('billing_type') }} as billing_type,
        {{ blank_to_null('term_duration') }} as term_duration,
        auto_renew_enabled as is_auto_renewed,
        is_trial
    from subscriptions_by_order
)

select * from cleaned
