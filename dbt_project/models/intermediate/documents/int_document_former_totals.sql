-- Grain: one row per document whose lines were read: the total that it had then, and has now.
with documents as (
    select
        invoice_id,
        total_charges
    from {{ ref('int_documents') }}
),

line_readings as (
    select
        invoice_id,
        reference_at
    from {{ ref('int_document_restatements') }}
),

states as (
    select
        invoice_id,
        total_charges,
        seen_at
    from {{ ref('stg_partner_center__document_states') }}
    where total_charges is not null
),

-- When the lines that count as the former ones were read, or their month was closed.
former as (
    select
        line_readings.invoice_id,
        line_readings.reference_at,
        states.total_charges,
        row_number() over (partition by line_readings.invoice_id order by states.seen_at desc) as recency
    from line_readings
    inner join states
        on line_readings.invoice_id = states.invoice_id
        and line_readings.reference_at >= states.seen_at
),

-- Payments make states of their own; only another total counts.
other_totals as (
    select
        former.invoice_id,
        min(states.seen_at) as changed_at
    from former
    inner join states
        on former.invoice_id = states.invoice_id
        and former.reference_at < states.seen_at
        and former.total_charges <> states.total_charges
    where former.recency = 1
    group by former.invoice_id
)

select
    documents.invoice_id,
    {{ as_money('former.total_charges') }} as former_total_charges,
    {{ as_money('documents.total_charges') }} as total_charges,
    coalesce(former.total_charges <> documents.total_charges, false) as is_total_changed,
    case when former.total_charges <> documents.total_charges then other_totals.changed_at end as total_changed_at
from documents
inner join former on documents.invoice_id = former.invoice_id and former.recency = 1
left join other_totals on documents.invoice_id = other_totals.invoice_id
