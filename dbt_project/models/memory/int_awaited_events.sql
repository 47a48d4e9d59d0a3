-- What this build begins to wait for, and what it waits for no longer; nothing when it waits as the one before did.
-- Grain: one row per rule and order item or charge group whose waiting began or ended in this build.
with awaited as (
    select
        break_code,
        grain_key
    from {{ ref('int_awaited_breaks') }}
),

memory as (
    select
        break_code,
        grain_key,
        first_seen_at
    from {{ ref('int_awaited_memory') }}
),

changes as (
    select
        'began' as event,
        awaited.break_code,
        awaited.grain_key,
        {{ as_of() }} as first_seen_at
    from awaited
    left join memory on awaited.break_code = memory.break_code and awaited.grain_key = memory.grain_key
    where memory.grain_key is null
    union all
    select
        'ended' as event,
        memory.break_code,
        memory.grain_key,
        memory.first_seen_at
    from memory
    left join awaited on memory.break_code = awaited.break_code and memory.grain_key = awaited.grain_key
    where awaited.grain_key is null
),

events as (
    select
        {{ as_count(var('generation')) }} as generation,
        {{ as_text('event') }} as event,
        {{ as_of() }} as event_at,
        {{ as_text('break_code') }} as break_code,
        {{ as_text('grain_key') }} as grain_key,
        first_seen_at
    from changes
)

select * from events
