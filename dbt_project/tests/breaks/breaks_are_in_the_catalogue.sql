-- No break without a catalogue row, open or remembered.
with catalogue as (
    select break_code
    from {{ ref('break_catalogue') }}
),

codes as (
    select break_code from {{ ref('int_breaks_found') }}
    union
    select break_code from {{ ref('fct_breaks') }}
)

select codes.break_code
from codes
left join catalogue on codes.break_code = catalogue.break_code
where catalogue.break_code is null
