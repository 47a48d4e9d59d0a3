-- Grain: one row per billed line of a counted document; daily usage, which is part of no total, is left out.
with lines as (
    select *
    from {{ ref('fct_invoice_lines') }}
    where bucket <> 'not_counted' and line_class <> 'daily_usage'
)

select
    invoice_line_id,
    invoice_id,
    customer_id,
    {{ product_sku_id('product_id', 'sku_id') }} as product_sku_id,
    order_item_id,
    period,
    cast(invoice_at as date) as invoice_date,
    cast(charge_start_at as date) as charge_start_date,
    cast(charge_end_at as date) as charge_end_date,
    currency,
    billing_provider,
    line_class,
    charge_type,
    bucket,
    match_pass,
    order_id,
    matched_order_id,
    subscription_id,
    signed_quantity,
    pricing_currency,
    effective_unit_price,
    subtotal,
    tax_total,
    total,
    {{ as_money('coalesce(document_amount, total)') }} as billed_amount
from lines
