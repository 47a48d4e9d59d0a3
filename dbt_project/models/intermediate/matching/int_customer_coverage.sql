-- Grain: one row per customer that any record names: what of it could be read.
with named as (
    select customer_id from {{ ref('stg_partner_center__customers') }}
    union
    select customer_id from {{ ref('int_billed_lines') }}
    union
    select customer_id from {{ ref('stg_partner_center__daily_rated_usage') }}
    union
    select customer_id from {{ ref('stg_partner_center__azure_daily_usage') }}
    union
    select customer_id from {{ ref('stg_partner_center__unbilled_line_items') }}
    union
    select customer_id from {{ ref('stg_partner_center__orders') }}
    union
    select customer_id from {{ ref('stg_partner_center__entitlements') }}
    union
    select customer_id from {{ ref('stg_partner_center__load_ledger') }} where endpoint in ('orders', 'entitlements')
),

-- Before the list of customers was read nobody can be called unknown.
customer_lists as (
    select count(*) as read_count
    from {{ ref('stg_partner_center__load_ledger') }}
    where endpoint = 'customers' and has_landing
),

known as (
    select distinct customer_id
    from {{ ref('stg_partner_center__customers') }}
),

readings as (
    select
        customer_id,
        max(case when endpoint = 'orders' and is_complete then 1 else 0 end) as orders_read,
        max(case when endpoint = 'entitlements' and is_complete then 1 else 0 end) as entitlements_read,
        max(case when endpoint = 'orders' and is_complete then checked_at end) as orders_checked_at,
        max(case when not is_complete then 1 else 0 end) as any_failed
    from {{ ref('stg_partner_center__load_ledger') }}
    where endpoint in ('orders', 'entitlements')
    group by customer_id
),

coverage as (
    select
        named.customer_id,
        known.customer_id is not null or customer_lists.read_count = 0 as is_known,
        coalesce(readings.orders_read, 0) = 1 as is_orders_read,
        coalesce(readings.entitlements_read, 0) = 1 as is_entitlements_read,
        readings.orders_checked_at,
        coalesce(readings.any_failed, 0) = 1 as has_failed_reading
    from named
    cross join customer_lists
    left join known on named.customer_id = known.customer_id
    left join readings on named.customer_id = readings.customer_id
    where named.customer_id is not null
)

select
    customer_id,
    is_known,
    is_orders_read,
    is_entitlements_read,
    orders_checked_at,
    -- A customer that is none of ours has nothing to be read; that its charges exist is a finding of its own.
    (is_orders_read and is_entitlements_read) or (not is_known and not has_failed_reading) as is_compared
from coverage
