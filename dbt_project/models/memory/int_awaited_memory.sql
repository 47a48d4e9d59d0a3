-- What earlier generations were waiting for, and since when: the newest event of each, where the waiting went on.
-- Grain: one row per rule and order item or charge group (`break_code`, `grain_key`).
with numbered as (
    select
        event,
        break_code,
        grain_key,
        first_seen_at,
        row_number() over (partition by break_code, grain_key order by generation desc) as event_number
    from {{ source('recon_memory', 'awaited_log') }}
    -- A build never reads its own events, nor those after the moment it asks about.
    where generation < {{ var('generation') }}
        and event_at <= {{ as_of() }}
),

awaited as (
    select
        break_code,
        grain_key,
        first_seen_at
    from numbered
    where event_number = 1
        and event = 'began'
)

select * from awaited
