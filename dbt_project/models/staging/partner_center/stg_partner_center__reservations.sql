-- Grain: one row per reservation that an artifact of an entitlement holds.
with reservations as (
    select
        ledger.customer_id,
        ledger.checked_at,
        sent._partition,
        sent._page,
        sent._position,
        sent.reservation_id,
        sent.artifact_type,
        sent.artifact_dynamic_attributes,
        sent.scope_type,
        sent.applied_scopes,
        sent.display_name,
        sent.quantity,
        sent.effective_date_time,
        sent.expiry_date_time,
        sent.provisioning_state
    from {{ current_rows('reservations') }}
),

cleaned as (
    select
        _partition,
        _page,
        _position,
        checked_at,
        {{ fold_guid('customer_id') }} as customer_id,
        {{ fold_guid('reservation_id') }} as reservation_id,
        {{ fold_word('artifact_type') }} as artifact_type,
        lower({{ text_member('artifact_dynamic_attributes', 'reservationType') }}) as reservation_type,
        {{ fold_word('scope_type') }} as scope_type,
        nullif({{ blank_to_null('applied_scopes') }}, '[]') as applied_scopes,
        {{ blank_to_null('display_name') }} as display_name,
        quantity,
        {{ parse_timestamp('effective_date_time') }} as effective_at,
        {{ parse_timestamp('expiry_date_time') }} as expires_at,
        {{ fold_word('provisioning_state') }} as provisioning_state
    from reservations
)

select * from cleaned
