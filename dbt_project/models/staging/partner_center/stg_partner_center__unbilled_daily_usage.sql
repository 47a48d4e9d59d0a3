-- Grain: one row per day of rated usage that its month's last readings list as not billed yet, as sent.
with usage_rows as (
    select
        ledger.currency as asked_currency,
        ledger.month,
        ledger.period,
        ledger.read_at,
        ledger.checked_at,
        ledger.source_api,
        sent.*
    from {{ current_rows('unbilled_daily_usage') }}
),

cleaned as (
    select
        _partition,
        _page,
        _position,
        upper({{ blank_to_null('asked_currency') }}) as asked_currency,
        month,
        lower(period) as period,
        read_at,
        -- A reading that was made again and is the same stays one reading, confirmed later.
        coalesce(checked_at, read_at) as checked_at,
        source_api,
        'onetime' as billing_provider,
        'usage' as line_item_type,
        {{ staged_rated_usage_columns() }}
    from usage_rows
)

select * from cleaned
