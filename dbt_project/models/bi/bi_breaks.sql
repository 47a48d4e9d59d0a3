-- Grain: one row per break, resolved ones included, with what its rule says and what to do next.
with breaks as (
    select *
    from {{ ref('fct_breaks') }}
),

codes as (
    select
        break_code,
        title,
        family,
        rule_in_words,
        next_step
    from {{ ref('dim_break_codes') }}
),

customers as (
    select customer_id, customer_name
    from {{ ref('bi_customers') }}
),

products as (
    select product_sku_id, sku_name
    from {{ ref('bi_products') }}
)

select
    breaks.break_id,
    breaks.break_code,
    codes.title,
    codes.family,
    breaks.severity,
    breaks.direction,
    breaks.status,
    breaks.status not in ('resolved', 'accepted') as is_open,
    breaks.is_primary,
    breaks.invoice_id,
    breaks.invoice_line_id,
    breaks.customer_id,
    breaks.order_id,
    {{ product_sku_id('breaks.product_id', 'breaks.sku_id') }} as product_sku_id,
    breaks.period,
    breaks.currency,
    breaks.expected_amount,
    breaks.actual_amount,
    breaks.difference_amount,
    breaks.at_risk_amount,
    -- What may be added up: a cause counts once, and only while somebody has to look at it.
    {{ as_money("case when breaks.is_primary and breaks.status not in ('resolved', 'accepted') then breaks.at_risk_amount else 0 end") }}
        as open_at_risk_amount,
    cast(breaks.business_at as date) as business_date,
    cast(breaks.first_seen_at as date) as first_seen_date,
    cast(breaks.resolved_at as date) as resolved_date,
    breaks.age_days,
    breaks.age_bucket,
    breaks.explanation,
    codes.rule_in_words,
    codes.next_step,
    breaks.owner,
    breaks.comment,
    breaks.ticket,
    cast(breaks.expected_at as date) as expected_date,
    customers.customer_name,
    products.sku_name
from breaks
left join codes on breaks.break_code = codes.break_code
left join customers on breaks.customer_id = customers.customer_id
left join products on {{ product_sku_id('breaks.product_id', 'breaks.sku_id') }} = products.product_sku_id
