-- Grain: one row per artifact of an entitlement.
with artifacts as (
    select
        ledger.customer_id,
        sent._partition,
        sent._page,
        sent._position,
        sent.path,
        sent.artifact_type,
        sent.resource_id,
        sent.link_uri,
        sent.dynamic_attributes
    from {{ current_rows('entitlement_artifacts') }}
),

cleaned as (
    select
        _partition,
        _page,
        _position,
        path,
        {{ fold_guid('customer_id') }} as customer_id,
        {{ fold_word('artifact_type') }} as artifact_type,
        {{ fold_guid('resource_id') }} as resource_id,
        {{ reservation_key('resource_id') }} as reservation_key,
        {{ reservation_partition('customer_id', 'link_uri') }} as reservation_partition,
        lower({{ text_member('dynamic_attributes', 'reservationType') }}) as reservation_type
    from artifacts
)

select * from cleaned
