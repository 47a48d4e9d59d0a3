-- Grain: one row per way in which lines name an order (`line_reference_parts()`) for which an order was found:
-- passes 1 to 4, first with the product, then the order alone.
with named as (
    select
        reference_key,
        customer_id,
        order_id,
        alternate_id,
        product_id,
        sku_id,
        reservation_key
    from {{ ref('int_line_references') }}
),

orders as (
    select
        order_id,
        alternate_id,
        customer_id,
        billing_cycle,
        created_at
    from {{ ref('int_orders') }}
),

order_items as (
    select distinct order_item_id
    from {{ ref('int_order_lines') }}
),

alternate_names as (
    select reference_key, customer_id, product_id, sku_id, lower(order_id) as alternate_id
    from named
    where order_id is not null
    union
    select reference_key, customer_id, product_id, sku_id, alternate_id
    from named
    where alternate_id is not null
),

candidates as (
    select
        named.reference_key,
        named.product_id,
        named.sku_id,
        case when orders.customer_id = named.customer_id then '1_order_id' else '4_other_customer' end as match_pass,
        orders.order_id,
        orders.customer_id,
        orders.billing_cycle,
        orders.created_at
    from named
    inner join orders on named.order_id = orders.order_id

    union all

    select
        alternate_names.reference_key,
        alternate_names.product_id,
        alternate_names.sku_id,
        '2_alternate_id' as match_pass,
        orders.order_id,
        orders.customer_id,
        orders.billing_cycle,
        orders.created_at
    from alternate_names
    inner join orders
        on alternate_names.customer_id = orders.customer_id and alternate_names.alternate_id = orders.alternate_id

    union all

    select
        named.reference_key,
        named.product_id,
        named.sku_id,
        '3_reservation' as match_pass,
        orders.order_id,
        orders.customer_id,
        orders.billing_cycle,
        orders.created_at
    from named
    inner join {{ ref('int_reservation_orders') }} as reservation_orders
        on
            named.customer_id = reservation_orders.customer_id
            and named.reservation_key = reservation_orders.reservation_key
    inner join orders
        on reservation_orders.order_id = orders.order_id and reservation_orders.customer_id = orders.customer_id
),

with_items as (
    select
        candidates.reference_key,
        candidates.match_pass,
        candidates.order_id,
        candidates.customer_id,
        candidates.billing_cycle,
        candidates.created_at,
        order_items.order_item_id
    from candidates
    left join order_items
        on order_items.order_item_id
            = {{ hash_of(['candidates.order_id', 'candidates.product_id', 'candidates.sku_id']) }}
),

ranked as (
    select
        reference_key,
        match_pass,
        order_id,
        customer_id,
        billing_cycle,
        order_item_id,
        row_number() over (
            partition by reference_key
            order by
                case when order_item_id is null then 1 else 0 end asc,
                match_pass asc,
                created_at asc nulls last,
                order_id asc
        ) as preference
    from with_items
)

select
    reference_key,
    match_pass,
    order_id as resolved_order_id,
    customer_id as resolved_customer_id,
    billing_cycle as resolved_billing_cycle,
    order_item_id
from ranked
where preference = 1
