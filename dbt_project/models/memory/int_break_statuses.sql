-- The status of each break that stands: what the log knows of it, then what an analyst said since it opened.
-- Grain: one row per open break (`break_id`).
{{ config(materialized='table') }}

with open_breaks as (
    select
        break_id,
        break_code,
        grain_key,
        direction,
        currency,
        at_risk_amount
    from {{ ref('int_breaks_open') }}
),

-- A break that was awaited was seen before it was one.
awaited as (
    select * from {{ ref('int_awaited_memory') }}
),

memory as (
    select
        break_id,
        status,
        first_seen_at,
        opened_generation,
        was_reopened,
        direction,
        currency
    from {{ ref('int_break_memory') }}
),

annotations as (
    select * from {{ ref('int_break_annotations') }}
),

-- A note made before a break opened again was about what had been settled.
joined as (
    select
        open_breaks.break_id,
        open_breaks.at_risk_amount,
        memory.break_id is null as is_new,
        coalesce(memory.status = 'resolved', false) as comes_back,
        coalesce(memory.was_reopened, false) as was_reopened,
        coalesce(memory.first_seen_at, awaited.first_seen_at) as first_seen_at,
        case when annotations.generation >= memory.opened_generation and memory.status <> 'resolved'
            then annotations.status
        end as annotated_status,
        annotations.at_risk_amount as annotated_amount,
        coalesce(memory.direction <> open_breaks.direction or memory.currency <> open_breaks.currency, false)
            as is_about_other_money
    from open_breaks
    left join memory on open_breaks.break_id = memory.break_id
    left join annotations on open_breaks.break_id = annotations.break_id
    left join awaited on open_breaks.break_code = awaited.break_code and open_breaks.grain_key = awaited.grain_key
),

-- Accepted is an amount, not a break: more than was accepted is open again, and as much the other way round, or in
-- another currency.
judged as (
    select
        *,
        coalesce(
            annotated_status = 'accepted'
            and (coalesce(at_risk_amount, 0) > coalesce(annotated_amount, 0) or is_about_other_money),
            false
        ) as outgrew_acceptance
    from joined
),

statuses as (
    select
        break_id,
        is_new,
        comes_back or outgrew_acceptance as reopens,
        {{ as_text("case
            when is_new then 'open'
            when comes_back or outgrew_acceptance then 'reopened'
            when annotated_status is not null and annotated_status <> 'open' then annotated_status
            when was_reopened then 'reopened'
            else 'open'
        end") }} as status,
        first_seen_at
    from judged
)

select * from statuses
