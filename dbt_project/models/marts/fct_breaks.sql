-- Every break that was ever open, with what it was last measured at.
-- Grain: one row per break (`break_id`); resolved ones stay.
with open_breaks as (
    select
        break_id,
        {{ described_break_columns() | join(",\n        ") }}
    from {{ ref('int_breaks_open') }}
),

memory as (
    select * from {{ ref('int_break_memory') }}
),

currently_open as (
    select
        open_breaks.break_id,
        coalesce(at_issue.is_primary, false) as is_primary,
        open_breaks.{{ described_break_columns() | join(",\n        open_breaks.") }},
        statuses.status,
        coalesce(statuses.first_seen_at, {{ as_of() }}) as first_seen_at,
        {{ as_of() }} as last_seen_at,
        {{ as_time('null') }} as resolved_at,
        {{ as_of() }} as counted_until_at
    from open_breaks
    inner join {{ ref('int_break_statuses') }} as statuses
        on open_breaks.break_id = statuses.break_id
    left join {{ ref('int_breaks_at_issue') }} as at_issue
        on open_breaks.break_id = at_issue.break_id
),

-- Resolved in this build, or in an earlier one and not open again.
resolution_events as (
    select break_id, status, first_seen_at, last_seen_at, event_at, {{ described_break_columns() | join(", ") }}
    from {{ ref('int_break_events') }}
    where event = 'resolved'
    union all
    select break_id, status, first_seen_at, last_seen_at, event_at, {{ described_break_columns() | join(", ") }}
    from memory
    where status = 'resolved'
        and break_id not in (select break_id from open_breaks)
),

resolved as (
    select
        break_id,
        false as is_primary,
        {{ described_break_columns() | join(",\n        ") }},
        status,
        first_seen_at,
        last_seen_at,
        event_at as resolved_at,
        event_at as counted_until_at
    from resolution_events
),

all_breaks as (
    select * from currently_open
    union all
    select * from resolved
),

breaks as (
    select
        all_breaks.break_id,
        break_code,
        severity,
        direction,
        grain,
        {{ as_text('all_breaks.status') }} as status,
        {{ as_flag('is_primary') }} as is_primary,
        subject_key,
        invoice_id,
        invoice_line_id,
        customer_id,
        order_id,
        product_id,
        sku_id,
        entitlement_id,
        period,
        currency,
        invoice_type,
        expected_amount,
        actual_amount,
        difference_amount,
        expected_quantity,
        actual_quantity,
        all_breaks.at_risk_amount,
        business_at,
        first_seen_at,
        last_seen_at,
        resolved_at,
        {{ as_count(days_since('business_at', 'counted_until_at')) }} as age_days,
        {{ age_bucket(days_since('business_at', 'counted_until_at')) }} as age_bucket,
        {{ as_count(days_since('first_seen_at', 'counted_until_at')) }} as days_open,
        explanation,
        notes.owner,
        notes.comment,
        notes.ticket,
        notes.expected_at,
        notes.annotated_by,
        notes.annotated_at
    from all_breaks
    left join {{ ref('int_break_annotations') }} as notes
        on all_breaks.break_id = notes.break_id
)

select * from breaks
