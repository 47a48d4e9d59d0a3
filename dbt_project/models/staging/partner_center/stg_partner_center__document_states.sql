-- Grain: one row per change of total, payments or standing of a document that a reading of the list showed.
with document_states as (
    select
        document_id,
        amends_of,
        currency_code,
        invoice_type,
        invoice_date,
        document_type,
        state,
        total_charges,
        paid_amount,
        seen_at,
        is_first_reading
    from {{ source('partner_center_raw', 'document_states') }}
),

cleaned as (
    select
        {{ blank_to_null('document_id') }} as invoice_id,
        {{ blank_to_null('amends_of') }} as amends_of,
        upper({{ blank_to_null('currency_code') }}) as currency,
        {{ invoice_type_word('invoice_type') }} as invoice_type,
        {{ parse_timestamp('invoice_date') }} as invoice_at,
        {{ document_word('document_type') }} as document_type,
        {{ fold_word('state') }} as state,
        total_charges,
        coalesce(paid_amount, 0) as paid_amount,
        seen_at,
        coalesce(is_first_reading, false) as is_first_reading
    from document_states
)

select * from cleaned
