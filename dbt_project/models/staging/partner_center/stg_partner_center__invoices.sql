-- Grain: one row per appearance of a document: in the list, by id, nested in its base document.
with invoices as (
    select
        ledger.endpoint,
        ledger.checked_at,
        sent._partition,
        sent._page,
        sent._position,
        sent.id,
        sent.invoice_date,
        sent.billing_period_start_date,
        sent.billing_period_end_date,
        sent.total_charges,
        sent.paid_amount,
        sent.currency_code,
        sent.document_type,
        sent.amends_of,
        sent.invoice_type,
        sent.state,
        sent.nested_in,
        sent.invoice_details_count
    from {{ current_rows('invoices') }}
),

cleaned as (
    select
        endpoint,
        checked_at,
        _partition,
        _page,
        _position,
        {{ blank_to_null('id') }} as invoice_id,
        {{ parse_timestamp('invoice_date') }} as invoice_at,
        {{ parse_timestamp('billing_period_start_date') }} as period_start_at,
        {{ parse_timestamp('billing_period_end_date') }} as period_end_at,
        total_charges,
        coalesce(paid_amount, 0) as paid_amount,
        upper({{ blank_to_null('currency_code') }}) as currency,
        {{ document_word('document_type') }} as document_type,
        coalesce({{ blank_to_null('amends_of') }}, {{ blank_to_null('nested_in') }}) as amends_of,
        {{ invoice_type_word('invoice_type') }} as invoice_type,
        {{ fold_word('state') }} as state,
        {{ blank_to_null('nested_in') }} is not null as is_nested,
        coalesce(invoice_details_count, 0) > 0 as has_invoice_details
    from invoices
)

select * from cleaned
