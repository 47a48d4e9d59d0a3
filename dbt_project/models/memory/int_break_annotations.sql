-- What an analyst last noted about each break, as far as it was noted before the moment asked about.
-- Grain: one row per break that was ever annotated (`break_id`).
with numbered as (
    select
        *,
        row_number() over (partition by break_id order by annotation_number desc) as newest_first
    from {{ source('recon_memory', 'annotations') }}
    where annotated_at <= {{ as_of() }}
),

newest as (
    select
        break_id,
        annotation_number,
        status,
        owner,
        comment,
        ticket,
        expected_at,
        accept_order_id,
        at_risk_amount,
        generation,
        annotated_by,
        annotated_at
    from numbered
    where newest_first = 1
)

select * from newest
