-- Grain: one row per billed line as the API sent it; equal rows stay apart.
{{ config(materialized='table') }}

with line_items as (
    select
        ledger.invoice_id as asked_invoice_id,
        ledger.provider,
        ledger.line_item_type,
        ledger.source_api,
        sent.*
    from {{ current_rows('invoice_line_items') }}
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
        {{ staged_charge_columns() }}
    from line_items
)

select * from cleaned
