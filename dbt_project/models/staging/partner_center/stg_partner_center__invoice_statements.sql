-- Grain: one row per document that was downloaded: the statement of an invoice, or one of its tax receipts.
with invoice_statements as (
    select
        sent.invoice_id,
        sent.receipt_id,
        sent.version,
        sent.file,
        sent.sha256,
        sent.body_bytes,
        sent.page_count,
        sent.printed_total,
        sent.currency,
        sent.printed_text,
        sent.label,
        sent.not_read_reason,
        sent.header_total,
        sent.downloaded_at
    from {{ current_rows('invoice_statements') }}
),

cleaned as (
    select
        {{ blank_to_null('invoice_id') }} as invoice_id,
        {{ blank_to_null('receipt_id') }} as receipt_id,
        version as version_number,
        file as file_name,
        sha256 as file_hash,
        body_bytes,
        page_count,
        printed_total,
        upper({{ blank_to_null('currency') }}) as currency,
        printed_text,
        label as total_label,
        not_read_reason,
        header_total,
        {{ parse_timestamp('downloaded_at') }} as downloaded_at
    from invoice_statements
)

select * from cleaned
