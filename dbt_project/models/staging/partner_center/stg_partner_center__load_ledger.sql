-- Grain: one row per partition (what one walk reads), read or not.
with ledger as (
    select
        endpoint,
        partition_id,
        customer_id,
        order_id,
        invoice_id,
        provider,
        line_item_type,
        currency,
        month,
        period,
        walk_id,
        read_at,
        checked_at,
        row_count,
        source_api,
        status,
        failure_reason
    from {{ source('partner_center_raw', 'load_ledger') }}
),

cleaned as (
    select
        endpoint,
        partition_id,
        {{ fold_guid('customer_id') }} as customer_id,
        {{ order_id('order_id') }} as order_id,
        {{ blank_to_null('invoice_id') }} as invoice_id,
        {{ provider_word('provider') }} as billing_provider,
        {{ fold_word('line_item_type') }} as line_item_type,
        upper({{ blank_to_null('currency') }}) as currency,
        month,
        lower(period) as period,
        walk_id,
        read_at,
        coalesce(checked_at, read_at) as checked_at,
        row_count,
        source_api,
        status,
        failure_reason,
        walk_id is not null as has_landing,
        coalesce(status = 'complete', false) as is_complete
    from ledger
)

select * from cleaned
