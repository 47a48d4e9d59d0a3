-- Grain: one row per document. Every appearance of an id (listed, nested, by id) is folded into one:
-- the list is read in every run and says the amounts; a call by id adds the billing period.
with appearances as (
    select
        invoice_id,
        invoice_at,
        period_start_at,
        period_end_at,
        total_charges,
        paid_amount,
        currency,
        document_type,
        amends_of,
        invoice_type,
        state,
        has_invoice_details,
        row_number() over (
            partition by invoice_id
            order by
                is_nested asc,
                case when endpoint = 'invoices' then 0 else 1 end asc,
                checked_at desc nulls last,
                _partition asc,
                _page asc,
                _position asc
        ) as preference
    from {{ ref('stg_partner_center__invoices') }}
),

known_anywhere as (
    select
        invoice_id,
        max(period_start_at) as period_start_at,
        max(period_end_at) as period_end_at,
        max(invoice_type) as invoice_type,
        max(document_type) as document_type,
        max(amends_of) as amends_of,
        max(state) as state,
        max(case when has_invoice_details then 1 else 0 end) = 1 as has_invoice_details
    from appearances
    group by invoice_id
),

-- A document that names no currency has that of its lines, when they have one.
line_currencies as (
    select
        invoice_id,
        min(currency) as currency
    from {{ ref('int_billed_lines') }}
    where line_item_type = 'billing'
    group by invoice_id
    having min(currency) = max(currency)
),

documents as (
    select
        appearances.invoice_id,
        appearances.invoice_at,
        coalesce(appearances.period_start_at, known_anywhere.period_start_at) as period_start_at,
        coalesce(appearances.period_end_at, known_anywhere.period_end_at) as period_end_at,
        appearances.total_charges,
        appearances.paid_amount,
        coalesce(appearances.currency, line_currencies.currency) as currency,
        coalesce(appearances.document_type, known_anywhere.document_type) as document_type,
        coalesce(appearances.amends_of, known_anywhere.amends_of) as amends_of,
        coalesce(appearances.invoice_type, known_anywhere.invoice_type) as invoice_type,
        coalesce(appearances.state, known_anywhere.state) as state,
        known_anywhere.has_invoice_details
    from appearances
    inner join known_anywhere on appearances.invoice_id = known_anywhere.invoice_id
    left join line_currencies on appearances.invoice_id = line_currencies.invoice_id
    where appearances.preference = 1
),

-- What stands inside another document may leave out what that one says.
with_bases as (
    select
        documents.invoice_id,
        documents.invoice_at,
        documents.period_start_at,
        documents.period_end_at,
        documents.total_charges,
        documents.paid_amount,
        coalesce(documents.currency, bases.currency) as currency,
        documents.document_type,
        documents.amends_of,
        coalesce(documents.invoice_type, bases.invoice_type) as invoice_type,
        documents.state,
        documents.has_invoice_details
    from documents
    left join documents as bases on documents.amends_of = bases.invoice_id
)

select * from with_bases
