-- Grain: one row per list of billed lines of a document (`partition_id`): the reading that counts as the former one,
-- and the newest. Lines read once are the same.
with readings as (
    select
        partition_id,
        invoice_id,
        walk_id,
        walk_sequence,
        read_at,
        currency,
        row_count,
        total_amount,
        fingerprint
    from {{ ref('stg_partner_center__document_line_readings') }}
),

closed as (
    select
        partition_id,
        walk_id,
        max(closed_at) as closed_at
    from {{ source('recon_memory', 'closed_readings') }}
    where closed_at <= {{ as_of() }}
    group by partition_id, walk_id
),

documents as (
    select
        invoice_id,
        currency
    from {{ ref('int_documents') }}
),

walks as (
    select
        readings.partition_id,
        readings.invoice_id,
        readings.walk_id,
        readings.walk_sequence,
        min(readings.read_at) as read_at,
        min(readings.fingerprint) as fingerprint,
        sum(readings.row_count) as line_count,
        sum(case when readings.currency = documents.currency then readings.total_amount else 0 end) as lines_total,
        max(closed.closed_at) as closed_at
    from readings
    inner join documents on readings.invoice_id = documents.invoice_id
    left join closed on readings.partition_id = closed.partition_id and readings.walk_id = closed.walk_id
    group by readings.partition_id, readings.invoice_id, readings.walk_id, readings.walk_sequence
),

-- The reading that a closed month stands on, else the first that held lines: lines may come after their document.
numbered as (
    select
        *,
        row_number() over (
            partition by partition_id
            order by case when closed_at is null then 1 else 0 end, case when line_count > 0 then 0 else 1 end, walk_sequence
        ) as reference_number,
        row_number() over (partition by partition_id order by walk_sequence desc) as newest_number
    from walks
)

select
    newest.partition_id,
    newest.invoice_id,
    reference.walk_id as former_walk_id,
    newest.walk_id as newest_walk_id,
    reference.closed_at,
    coalesce(reference.closed_at, reference.read_at) as reference_at,
    {{ as_count('reference.line_count') }} as former_line_count,
    {{ as_money('reference.lines_total') }} as former_total,
    {{ as_count('newest.line_count') }} as line_count,
    {{ as_money('newest.lines_total') }} as lines_total,
    newest.read_at as newest_at,
    coalesce(newest.fingerprint <> reference.fingerprint, false) as is_changed
from numbered as newest
inner join numbered as reference
    on newest.partition_id = reference.partition_id and reference.reference_number = 1
where newest.newest_number = 1
