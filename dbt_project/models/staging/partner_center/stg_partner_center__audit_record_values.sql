-- Grain: one row per customised value of a record of the change feed.
with audit_record_values as (
    select
        sent._partition,
        sent._page,
        sent._position,
        sent.key as value_key,
        sent.value as value_text
    from {{ current_rows('audit_record_values') }}
),

cleaned as (
    select
        _partition,
        _page,
        _position,
        {{ fold_word('value_key') }} as value_key,
        {{ blank_to_null('value_text') }} as value_text
    from audit_record_values
)

select * from cleaned
