-- Grain: one row per billed line of a counted document; daily usage, which is part of no total, is left out.
with lines as (
    select *
    from {{ ref('fct_invoice_lines') }}
    where bucket <> 'not_counted' and line_class <> 'daily_usage'
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
    lines.invoice_line_id,
    lines.invoice_id,
    lines.customer_id,
    {{ product_sku_id('lines.product_id', 'lines.sku_id') }} as product_sku_id,
    lines.order_item_id,
    lines.period,
    cast(lines.invoice_at as date) as invoice_date,
    cast(lines.charge_start_at as date) as charge_start_date,
    cast(lines.charge_end_at as date) as charge_end_date,
    lines.currency,
    lines.billing_provider,
    lines.line_class,
    lines.charge_type,
    lines.bucket,
    lines.match_pass,
    lines.order_id,
    lines.matched_order_id,
    lines.subscription_id,
    lines.signed_quantity,
    lines.pricing_currency,
    lines.effective_unit_price,
    lines.subtotal,
    lines.tax_total,
    lines.total,
    {{ as_money('coalesce(lines.document_amount, lines.total)') }} as billed_amount,
    customers.customer_name,
    products.sku_name
from lines
left join customers on lines.customer_id = customers.customer_id
left join products on {{ product_sku_id('lines.product_id', 'lines.sku_id') }} = products.product_sku_id
