-- Grain: one row per day of rated usage behind an invoice, as sent; equal rows stay apart.
with usage_rows as (
    select
        ledger.invoice_id as asked_invoice_id,
        ledger.provider,
        ledger.line_item_type,
        ledger.currency as asked_currency,
        ledger.source_api,
        sent.*
    from {{ current_rows('daily_rated_usage') }}
),

cleaned as (
    select
        _partition,
        _page,
        _position,
        {{ blank_to_null('asked_invoice_id') }} as invoice_id,
        {{ provider_word('provider') }} as billing_provider,
        {{ fold_word('line_item_type') }} as line_item_type,
        upper({{ blank_to_null('asked_currency') }}) as asked_currency,
        source_api,
        {{ staged_rated_usage_columns() }}
    from usage_rows
)

select * from cleaned
