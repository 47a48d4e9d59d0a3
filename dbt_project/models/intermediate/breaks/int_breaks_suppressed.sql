-- Breaks that another, standing break already explains. A suppressed break suppresses nothing itself.
-- Grain: one row per suppressed break, with the break that explains it (the first in catalogue order).
{{ config(materialized='table') }}

with pairs as (
    select
        suppressions.winner,
        suppressions.scope,
        catalogue.break_code as loser
    from {{ ref('suppressions') }} as suppressions
    inner join {{ ref('break_catalogue') }} as catalogue
        on suppressions.loser in (catalogue.break_code, 'family:' || catalogue.family)
    where suppressions.winner <> catalogue.break_code
),

scopes as (
    select
        break_id,
        break_code,
        scope,
        scope_key
    from {{ ref('int_break_scopes') }}
),

edges as (
    select distinct
        winners.break_id as winner_id,
        winners.break_code as winner_code,
        losers.break_id as loser_id,
        losers.break_code as loser_code
    from pairs
    inner join scopes as winners
        on pairs.winner = winners.break_code
        and pairs.scope = winners.scope
    inner join scopes as losers
        on pairs.loser = losers.break_code
        and pairs.scope = losers.scope
        and winners.scope_key = losers.scope_key
),

suppressed_0 as (
    select loser_id from edges where 1 = 0
),

{%- for number in range(suppression_rounds()) %}

-- Round {{ number + 1 }}: suppressed is what a break that stood after round {{ number }} suppresses.
suppressed_{{ number + 1 }} as (
    select distinct edges.loser_id
    from edges
    left join suppressed_{{ number }} as earlier on edges.winner_id = earlier.loser_id
    where earlier.loser_id is null
),
{%- endfor %}

explained as (
    select
        edges.loser_id as break_id,
        edges.loser_code as break_code,
        edges.winner_id as suppressed_by_break_id,
        edges.winner_code as suppressed_by,
        row_number() over (
            partition by edges.loser_id
            order by catalogue.catalogue_order nulls last, edges.winner_code, edges.winner_id
        ) as winner_number
    from edges
    left join suppressed_{{ suppression_rounds() }} as losers on edges.winner_id = losers.loser_id
    left join {{ ref('break_catalogue') }} as catalogue on edges.winner_code = catalogue.break_code
    where losers.loser_id is null
),

suppressed as (
    select
        break_id,
        break_code,
        suppressed_by_break_id,
        suppressed_by
    from explained
    where winner_number = 1
)

select * from suppressed
