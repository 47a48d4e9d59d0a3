-- Grain: one row per reading of what a month has not billed yet, in one currency: asked for as the current month,
-- or as the previous one. The month's last reading is the latest that lists anything: once its invoice is out the
-- API lists nothing, which says that all is billed and not what was.
with readings as (
    select
        partition_id as _partition,
        currency,
        month,
        period,
        read_at,
        row_count,
        is_complete
    from {{ ref('stg_partner_center__load_ledger') }}
    where endpoint = 'unbilled_line_items' and has_landing
),

ranked as (
    select
        *,
        row_number() over (
            partition by currency, month
            order by
                case when row_count > 0 then 0 else 1 end asc,
                -- `previous` is asked for after the month, `current` within it.
                case when period = 'previous' then 0 else 1 end asc,
                read_at desc,
                _partition asc
        ) as preference
    from readings
)

select
    _partition,
    currency,
    month,
    period,
    read_at,
    row_count,
    is_complete,
    preference = 1 as is_last_reading
from ranked
