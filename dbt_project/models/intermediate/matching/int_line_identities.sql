-- Grain: one row per billed line: the id we give it, and what it says about its order.
-- The API has no line id. Equal lines are told apart by their occurrence within the invoice.
with hashed as (
    select
        _partition,
        _page,
        _position,
        line_hash,
        {{ hash_of(line_reference_parts()) }} as reference_key
    from {{ ref('int_billed_lines') }}
),

numbered as (
    select
        _partition,
        _page,
        _position,
        line_hash,
        reference_key,
        row_number() over (partition by line_hash order by _partition asc, _page asc, _position asc) as occurrence_number
    from hashed
)

select
    _partition,
    _page,
    _position,
    line_hash || '-' || {{ as_text('occurrence_number') }} as invoice_line_id,
    line_hash,
    {{ as_count('occurrence_number') }} as occurrence_number,
    reference_key
from numbered
