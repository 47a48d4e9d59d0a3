-- Grain: one row per side (invoiced or daily usage), counted document, currency, subscription, product and SKU.
-- Rated usage has amounts and is summed at full precision; that of Azure subscriptions has quantities only, and its
-- product is the resource.
with documents as (
    select
        invoice_id,
        coalesce(period_start_at, {{ add_months(month_start('invoice_at'), -1) }}) as period_start_at
    from {{ ref('int_documents') }}
    where is_counted
),

currencies as (
    select
        currency,
        tolerance_amount
    from {{ ref('currencies') }}
),

-- A line is cut twice where two currencies meet: in the currency of its price, and in its own.
invoiced as (
    select
        lines.invoice_id,
        lines.billing_provider,
        case when lines.billing_provider = 'onetime' then lines.currency end as currency,
        lines.currency as invoiced_currency,
        lines.subscription_id,
        lines.product_id,
        case when lines.billing_provider = 'onetime' then lines.sku_id end as sku_id,
        lines.subtotal,
        lines.quantity,
        lines.tolerance_amount
        + case
            when lines.pricing_currency is null or lines.pricing_currency = lines.currency then 0
            else {{ multiply_decimals("coalesce(currencies.tolerance_amount, cast('0.01' as decimal(38, 12)))", 'coalesce(lines.fx_rate, 1)') }}
        end as allowed_amount
    from {{ ref('int_lines') }} as lines
    left join currencies on lines.pricing_currency = currencies.currency
    where lines.line_class in ('usage', 'legacy_usage') and lines.is_counted
),

used as (
    select
        invoice_id,
        billing_provider,
        currency,
        subscription_id,
        product_id,
        sku_id,
        subtotal,
        quantity,
        usage_date,
        {{ as_time('null') }} as charge_start_at
    from {{ ref('stg_partner_center__daily_rated_usage') }}
    union all
    select
        invoice_id,
        billing_provider,
        null as currency,
        legacy_subscription_id as subscription_id,
        resource_guid as product_id,
        null as sku_id,
        null as subtotal,
        consumed_quantity as quantity,
        usage_date,
        -- Their periods run from mid-month to mid-month, whatever the document says of itself.
        charge_start_at
    from {{ ref('stg_partner_center__azure_daily_usage') }}
),

sides as (
    select
        invoice_id,
        billing_provider,
        currency,
        subscription_id,
        product_id,
        sku_id,
        max(invoiced_currency) as invoiced_currency,
        count(*) as invoiced_line_count,
        {{ as_rate('sum(subtotal)') }} as invoiced_amount,
        {{ as_rate('sum(quantity)') }} as invoiced_quantity,
        {{ as_money('sum(allowed_amount)') }} as allowed_amount,
        0 as usage_row_count,
        {{ as_rate('null') }} as usage_amount,
        {{ as_rate('null') }} as usage_quantity,
        0 as late_row_count
    from invoiced
    group by invoice_id, billing_provider, currency, subscription_id, product_id, sku_id
    union all
    select
        used.invoice_id,
        used.billing_provider,
        used.currency,
        used.subscription_id,
        used.product_id,
        used.sku_id,
        max(used.currency) as invoiced_currency,
        0 as invoiced_line_count,
        {{ as_rate('null') }} as invoiced_amount,
        {{ as_rate('null') }} as invoiced_quantity,
        {{ as_money('null') }} as allowed_amount,
        count(*) as usage_row_count,
        {{ as_rate('sum(used.subtotal)') }} as usage_amount,
        {{ as_rate('sum(used.quantity)') }} as usage_quantity,
        sum(
            case
                when {{ as_time('used.usage_date') }} < coalesce(used.charge_start_at, documents.period_start_at) then 1
                else 0
            end
        ) as late_row_count
    from used
    inner join documents on used.invoice_id = documents.invoice_id
    group by used.invoice_id, used.billing_provider, used.currency, used.subscription_id, used.product_id, used.sku_id
)

select * from sides
