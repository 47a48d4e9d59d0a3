-- Grain: one row per order: its newest reading, from its customer's list or by id.
with readings as (
    select
        order_id,
        alternate_id,
        customer_id,
        billing_cycle,
        transaction_type,
        currency,
        created_at,
        order_status,
        endpoint,
        _partition,
        row_number() over (
            partition by order_id
            order by
                checked_at desc nulls last,
                case when endpoint = 'orders' then 0 else 1 end asc,
                _partition asc,
                _page asc,
                _position asc
        ) as preference
    from {{ ref('stg_partner_center__orders') }}
),

newest as (
    select
        order_id,
        alternate_id,
        customer_id,
        billing_cycle,
        transaction_type,
        currency,
        created_at,
        order_status,
        endpoint,
        _partition
    from readings
    where preference = 1
)

select * from newest
