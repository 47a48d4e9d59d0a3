-- The rules that find breaks, as analysts read them.
-- Grain: one row per rule.
with catalogue as (
    select
        break_code,
        family,
        grain,
        severity,
        direction,
        catalogue_order,
        title,
        rule_in_words,
        next_step
    from {{ ref('break_catalogue') }}
),

break_codes as (
    select
        {{ as_text('break_code') }} as break_code,
        {{ as_text('title') }} as title,
        {{ as_text('family') }} as family,
        {{ as_text('grain') }} as grain,
        {{ as_text('severity') }} as severity,
        {{ as_text('direction') }} as direction,
        {{ as_count('catalogue_order') }} as catalogue_order,
        {{ as_text('rule_in_words') }} as rule_in_words,
        {{ as_text('next_step') }} as next_step
    from catalogue
)

select * from break_codes
