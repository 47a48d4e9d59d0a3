-- Grain: one row per line that its month's last readings list as not billed yet, as sent; equal rows stay apart.
with line_items as (
    select
        ledger.currency as asked_currency,
        ledger.month,
        ledger.period,
        ledger.read_at,
        ledger.checked_at,
        ledger.source_api,
        sent.*
    from {{ current_rows('unbilled_line_items') }}
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
        'billing' as line_item_type,
        {{ staged_charge_columns() }}
    from line_items
)

select * from cleaned
