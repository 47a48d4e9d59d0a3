-- Grain: one row per customer whose orders or entitlements could not be read: the first of these partitions, and why.
with unread as (
    select
        customer_id,
        endpoint,
        partition_id,
        status,
        coalesce(failure_reason, 'not read yet') as failure_reason,
        row_number() over (partition by customer_id, endpoint order by partition_id asc) as position
    from {{ ref('stg_partner_center__load_ledger') }}
    where endpoint in ('orders', 'entitlements') and not is_complete and customer_id is not null
),

firsts as (
    select
        customer_id,
        max(case when endpoint = 'orders' then partition_id end) as orders_partition_id,
        max(case when endpoint = 'orders' then failure_reason end) as orders_reason,
        max(case when endpoint = 'entitlements' then partition_id end) as entitlements_partition_id,
        max(case when endpoint = 'entitlements' then failure_reason end) as entitlements_reason
    from unread
    where position = 1
    group by customer_id
)

select
    customer_id,
    orders_partition_id,
    orders_reason,
    entitlements_partition_id,
    entitlements_reason,
    coalesce(orders_partition_id, entitlements_partition_id) as partition_id,
    case when orders_partition_id is not null then 'orders' else 'entitlements' end
    || ' of the customer could not be read: ' || coalesce(orders_reason, entitlements_reason) as reason
from firsts
