-- Grain: one row per customer that the list, a line, an order item or a break names.
with named as (
    select customer_id from {{ ref('dim_customers') }}
    union
    select customer_id from {{ ref('fct_invoice_lines') }}
    union
    select customer_id from {{ ref('fct_order_items') }}
    union
    select customer_id from {{ ref('fct_breaks') }}
),

listed as (
    select
        customer_id,
        company_name,
        domain,
        country,
        is_known,
        is_compared
    from {{ ref('dim_customers') }}
)

select
    named.customer_id,
    {{ as_text('coalesce(listed.company_name, named.customer_id)') }} as customer_name,
    listed.domain,
    listed.country,
    coalesce(listed.is_known, false) as is_known,
    coalesce(listed.is_compared, false) as is_compared
from named
left join listed on named.customer_id = listed.customer_id
where named.customer_id is not null
