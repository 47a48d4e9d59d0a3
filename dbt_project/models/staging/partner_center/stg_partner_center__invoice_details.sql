-- Grain: one row per appearance of a line item call that a document offers.
with invoice_details as (
    select
        sent.invoice_id,
        sent.invoice_line_item_type,
        sent.billing_provider
    from {{ current_rows('invoice_details') }}
),

cleaned as (
    select
        {{ blank_to_null('invoice_id') }} as invoice_id,
        {{ provider_word('billing_provider') }} as billing_provider,
        replace({{ fold_word('invoice_line_item_type') }}, 'lineitems', '') as line_item_type
    from invoice_details
)

select * from cleaned
