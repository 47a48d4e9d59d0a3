-- Grain: one row per document and stretch of time in which it looked the same, as the readings showed it.
with states as (
    select
        invoice_id,
        amends_of,
        currency,
        invoice_type,
        invoice_at,
        document_type,
        state,
        total_charges,
        {{ sign_of('total_charges') }} * abs(paid_amount) as paid_amount,
        seen_at,
        lead(seen_at) over (partition by invoice_id order by seen_at asc) as until_at
    from {{ ref('stg_partner_center__document_states') }}
),

-- What a reading leaves out, another one tells: kind, currency and date of a document do not change.
documents as (
    select
        invoice_id,
        currency,
        invoice_type,
        invoice_at,
        amends_of
    from {{ ref('int_documents') }}
),

void_notes as (
    select
        amends_of as invoice_id,
        min(seen_at) as voided_at
    from states
    where document_type = 'void_note' and amends_of is not null
    group by amends_of
)

select
    states.invoice_id,
    coalesce(states.currency, documents.currency) as currency,
    coalesce(states.invoice_type, documents.invoice_type) as invoice_type,
    coalesce(states.invoice_at, documents.invoice_at) as invoice_at,
    coalesce(states.amends_of, documents.amends_of) is not null as is_amendment,
    coalesce(states.document_type = 'void_note', false) or coalesce(states.state in ('void', 'voided'), false) as is_void,
    void_notes.voided_at,
    {{ as_money('states.total_charges') }} as total_charges,
    {{ as_money('states.paid_amount') }} as paid_amount,
    states.seen_at,
    states.until_at
from states
left join documents on states.invoice_id = documents.invoice_id
left join void_notes on states.invoice_id = void_notes.invoice_id
