-- Grain: one row per order, product and SKU.
with items as (
    select *
    from {{ ref('fct_order_items') }}
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
    items.order_item_id,
    items.order_id,
    items.customer_id,
    {{ product_sku_id('items.product_id', 'items.sku_id') }} as product_sku_id,
    items.due_period as period,
    cast(items.created_at as date) as created_date,
    items.billing_cycle,
    items.order_status,
    items.reconciliation_status,
    items.timing_code,
    cast(items.timing_due_at as date) as timing_due_date,
    items.order_currency,
    items.expected_quantity,
    items.expected_amount,
    items.charged_currency,
    items.charged_quantity,
    items.charged_subtotal,
    items.charged_total,
    items.entitled_quantity,
    customers.customer_name,
    products.sku_name
from items
left join customers on items.customer_id = customers.customer_id
left join products on {{ product_sku_id('items.product_id', 'items.sku_id') }} = products.product_sku_id
