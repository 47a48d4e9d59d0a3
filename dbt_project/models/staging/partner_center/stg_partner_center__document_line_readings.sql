-- Grain: one row per complete reading of a document's billed lines and currency (`partition_id`, `walk_id`, `currency`).
with readings as (
    select
        partition_id,
        invoice_id,
        provider,
        walk_id,
        walk_sequence,
        read_at,
        source_api,
        currency,
        row_count,
        total_amount,
        fingerprint
    from {{ source('partner_center_raw', 'document_line_readings') }}
),

cleaned as (
    select
        partition_id,
        {{ blank_to_null('invoice_id') }} as invoice_id,
        {{ provider_word('provider') }} as billing_provider,
        walk_id,
        walk_sequence,
        read_at,
        source_api,
        upper({{ blank_to_null('currency') }}) as currency,
        row_count,
        total_amount,
        fingerprint
    from readings
)

select * from cleaned
