-- Grain: one row per record as told. The same record may be told by two days: their edges overlap.
with audit_records as (
    select
        sent._partition,
        sent._page,
        sent._position,
        sent.id,
        sent.customer_id,
        sent.resource_type,
        sent.resource_new_value,
        sent.operation_type,
        sent.operation_date,
        sent.operation_status
    from {{ current_rows('audit_records') }}
),

cleaned as (
    select
        _partition,
        _page,
        _position,
        -- Records are equal where their ids are; old ones have no id and are equal where their content is.
        case
            when {{ blank_to_null('id') }} is not null then lower(trim(id))
            else {{ hash_of([
                fold_guid('customer_id'), fold_word('resource_type'), fold_word('operation_type'),
                'operation_date', fold_word('operation_status'), 'resource_new_value'
            ]) }}
        end as audit_record_id,
        {{ fold_guid('customer_id') }} as customer_id,
        {{ fold_word('resource_type') }} as resource_type,
        {{ fold_word('operation_type') }} as operation_type,
        {{ parse_timestamp('operation_date') }} as operation_at,
        {{ fold_word('operation_status') }} as operation_status
    from audit_records
)

select * from cleaned
