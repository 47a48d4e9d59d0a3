-- Grain: one row per artifact of an entitlement.
with artifacts as (
    select
        sent._partition,
        sent._page,
        sent._position,
        sent.path,
        sent.artifact_type,
        sent.resource_id
    from {{ current_rows('entitlement_artifacts') }}
),

cleaned as (
    select
        _partition,
        _page,
        _position,
        path,
        {{ fold_word('artifact_type') }} as artifact_type,
        {{ fold_guid('resource_id') }} as resource_id
    from artifacts
)

select * from cleaned
