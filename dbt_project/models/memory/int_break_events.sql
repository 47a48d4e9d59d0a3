-- What this build changes in the memory of breaks; nothing when it finds what the one before found.
-- Grain: one row per break that opened, was remeasured, was resolved or reopened in this build.
with open_breaks as (
    select
        break_id,
        {{ described_break_columns() | join(",\n        ") }}
    from {{ ref('int_breaks_open') }}
),

memory as (
    select *
    from {{ ref('int_break_memory') }}
),

statuses as (
    select
        break_id,
        is_new,
        reopens,
        status,
        first_seen_at
    from {{ ref('int_break_statuses') }}
),

seen as (
    select
        case
            when statuses.is_new then 'opened'
            when statuses.reopens then 'reopened'
            when (open_breaks.at_risk_amount is distinct from memory.at_risk_amount)
                or (open_breaks.difference_amount is distinct from memory.difference_amount)
                or (open_breaks.currency is distinct from memory.currency)
                or open_breaks.direction <> memory.direction
                then 'remeasured'
        end as event,
        statuses.status,
        coalesce(statuses.first_seen_at, {{ as_of() }}) as first_seen_at,
        {{ as_of() }} as last_seen_at,
        open_breaks.*
    from open_breaks
    inner join statuses on open_breaks.break_id = statuses.break_id
    left join memory on open_breaks.break_id = memory.break_id
),

-- It was last seen by the build before this one; the log alone knows only when it last changed.
gone as (
    select
        'resolved' as event,
        'resolved' as status,
        memory.first_seen_at,
        {% if var('previous_as_of', '') -%}
        cast('{{ var("previous_as_of") }}' as {{ time_type() }})
        {%- else -%}
        memory.last_seen_at
        {%- endif %} as last_seen_at,
        memory.break_id,
        memory.{{ described_break_columns() | join(",\n        memory.") }}
    from memory
    left join open_breaks on memory.break_id = open_breaks.break_id
    where memory.status <> 'resolved'
        and open_breaks.break_id is null
),

changes as (
    select * from seen where event is not null
    union all
    select * from gone
),

events as (
    select
        {{ as_count(var('generation')) }} as generation,
        {{ as_text('event') }} as event,
        {{ as_of() }} as event_at,
        break_id,
        {{ as_text('status') }} as status,
        first_seen_at,
        last_seen_at,
        {{ described_break_columns() | join(",\n        ") }}
    from changes
)

select * from events
