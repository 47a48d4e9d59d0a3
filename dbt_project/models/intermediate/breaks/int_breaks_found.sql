-- Every break that any rule finds, before one cause is kept to one break.
-- Grain: one row per rule and what it is about (`break_id`).
{{ config(materialized='table') }}

with found as (
    {%- for code in break_rules() %}
    select
        {%- for column in break_column_types() %}
        {{ column }}{{ "," if not loop.last }}
        {%- endfor %}
    from {{ ref('int_breaks__' ~ code) }}
    {{- "\n    union all" if not loop.last }}
    {%- endfor %}
),

identified as (
    select
        {{ hash_of(['break_code', 'grain_key']) }} as break_id,
        *
    from found
)

select * from identified
