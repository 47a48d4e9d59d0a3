-- What the log of earlier generations says about each break: its newest event.
-- Grain: one row per break that was ever open (`break_id`).
with events as (
    select
        generation,
        event,
        event_at,
        break_id,
        status,
        first_seen_at,
        last_seen_at,
        {{ described_break_columns() | join(",\n        ") }}
    from {{ source('recon_memory', 'break_log') }}
    -- A build never reads its own events, nor those after the moment it asks about.
    where generation < {{ var('generation') }}
        and event_at <= {{ as_of() }}
),

numbered as (
    select
        *,
        row_number() over (
            partition by break_id
            order by
                generation desc,
                case event when 'resolved' then 4 when 'remeasured' then 3 when 'reopened' then 2 else 1 end desc
        ) as event_number,
        max(case when event in ('opened', 'reopened') then generation end) over (
            partition by break_id
        ) as opened_generation,
        max(case when event = 'reopened' then 1 else 0 end) over (partition by break_id) = 1 as was_reopened
    from events
),

newest as (
    select
        break_id,
        generation,
        event,
        event_at,
        status,
        first_seen_at,
        last_seen_at,
        opened_generation,
        was_reopened,
        {{ described_break_columns() | join(",\n        ") }}
    from numbered
    where event_number = 1
)

select * from newest
