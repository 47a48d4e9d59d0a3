-- The breaks that stand, with the severity of their amount and the one of each subject that totals may add.
-- Grain: one row per open break (`break_id`).
{{ config(materialized='table') }}

with standing as (
    select found.*
    from {{ ref('int_breaks_found') }} as found
    left join {{ ref('int_breaks_suppressed') }} as suppressed
        on found.break_id = suppressed.break_id
    where suppressed.break_id is null
),

catalogue as (
    select
        break_code,
        family,
        severity,
        catalogue_order
    from {{ ref('break_catalogue') }}
),

steps as (
    select
        currency,
        minimum_amount,
        steps
    from {{ ref('severity_steps') }}
),

-- A currency without rows of its own takes those of '*'.
step_currencies as (
    select
        standing.currency,
        coalesce(own.currency, '*') as step_currency
    from (select distinct currency from standing) as standing
    left join (select distinct currency from steps) as own
        on standing.currency = own.currency
),

stepped as (
    select
        standing.break_id,
        max(steps.steps) as steps
    from standing
    inner join step_currencies on standing.currency is not distinct from step_currencies.currency
    inner join steps
        on step_currencies.step_currency = steps.currency
        and standing.at_risk_amount >= steps.minimum_amount
    group by standing.break_id
),

ranked as (
    select
        standing.*,
        catalogue.family,
        catalogue.catalogue_order,
        {{ severity_word(severity_rank('catalogue.severity') ~ ' + coalesce(stepped.steps, 0)') }} as severity,
        row_number() over (
            partition by standing.subject_key
            order by standing.at_risk_amount desc nulls last, catalogue.catalogue_order, standing.break_id
        ) = 1 as is_primary
    from standing
    left join catalogue on standing.break_code = catalogue.break_code
    left join stepped on standing.break_id = stepped.break_id
)

select * from ranked
