-- Billed cost in the columns of FOCUS 1.2 (FinOps Open Cost and Usage Specification); the yml says where it deviates.
-- Grain: one row per billed line of a counted document, and one more for its tax.
-- noqa: disable=capitalisation.identifiers,capitalisation.keywords
with lines as (
    select
        *,
        {{ as_money('coalesce(document_amount, total)') }} as billed_amount
    from {{ ref('fct_invoice_lines') }}
    where bucket <> 'not_counted' and line_class <> 'daily_usage'
),

documents as (
    select invoice_id, ties_on, period_start_at, period_end_at
    from {{ ref('fct_invoices') }}
),

customers as (
    select customer_id, customer_name
    from {{ ref('bi_customers') }}
),

products as (
    select product_sku_id, product_name, sku_name, publisher_name
    from {{ ref('bi_products') }}
),

described as (
    select
        lines.*,
        documents.period_start_at,
        documents.period_end_at,
        customers.customer_name,
        products.product_sku_id,
        products.product_name,
        products.sku_name,
        products.publisher_name,
        -- A document that ties before tax bills its lines without it: they have no row for tax.
        {{ as_money("case when documents.ties_on = 'pre_tax' then lines.billed_amount else lines.subtotal end") }}
            as untaxed_amount
    from lines
    left join documents on lines.invoice_id = documents.invoice_id
    left join customers on lines.customer_id = customers.customer_id
    left join products
        on {{ product_sku_id('lines.product_id', 'lines.sku_id') }} = products.product_sku_id
),

parts as (
    select
        described.*,
        untaxed_amount as part_amount,
        case
            when line_class = 'adjustment' and lower(charge_type) = 'customercredit' then 'Credit'
            when line_class = 'adjustment' then 'Adjustment'
            when line_class in ('usage', 'legacy_usage') then 'Usage'
            else 'Purchase'
        end as charge_category
    from described
    union all
    select
        described.*,
        billed_amount - untaxed_amount as part_amount,
        'Tax' as charge_category
    from described
    where billed_amount <> untaxed_amount
)

select
    {{ as_money('part_amount') }} as BilledCost,
    {{ as_text('null') }} as BillingAccountId,
    {{ as_text('null') }} as BillingAccountName,
    {{ as_text('null') }} as BillingAccountType,
    currency as BillingCurrency,
    {{ as_time(end_exclusive('period_end_at')) }} as BillingPeriodEnd,
    period_start_at as BillingPeriodStart,
    {{ as_text('charge_category') }} as ChargeCategory,
    {{ as_text("case when subtotal < 0 and charge_start_at < period_start_at then 'Correction' end") }} as ChargeClass,
    {{ as_text("coalesce(sku_name, product_id, '') || coalesce(', ' || charge_type, '')") }} as ChargeDescription,
    {{ as_text("case when line_class in ('one_time', 'adjustment') then 'One-Time' when line_class in ('usage', 'legacy_usage') "
        ~ "then 'Usage-Based' else 'Recurring' end") }} as ChargeFrequency,
    {{ as_time(end_exclusive('charge_end_at')) }} as ChargePeriodEnd,
    charge_start_at as ChargePeriodStart,
    {{ as_rate("case when line_class in ('usage', 'legacy_usage') and charge_category <> 'Tax' then signed_quantity end") }}
        as ConsumedQuantity,
    {{ as_text('null') }} as ConsumedUnit,
    {{ as_money('null') }} as ContractedCost,
    {{ as_rate("case when pricing_currency = currency and charge_category <> 'Tax' then effective_unit_price end") }}
        as ContractedUnitPrice,
    {{ as_money('null') }} as EffectiveCost,
    invoice_id as InvoiceId,
    {{ as_text("'Microsoft'") }} as InvoiceIssuerName,
    {{ as_money('null') }} as ListCost,
    {{ as_rate("case when pricing_currency = currency and charge_category <> 'Tax' then unit_price end") }} as ListUnitPrice,
    {{ as_text('null') }} as PricingCategory,
    pricing_currency as PricingCurrency,
    {{ as_rate("case when charge_category <> 'Tax' then effective_unit_price end") }} as PricingCurrencyContractedUnitPrice,
    {{ as_money('null') }} as PricingCurrencyEffectiveCost,
    {{ as_rate("case when charge_category <> 'Tax' then unit_price end") }} as PricingCurrencyListUnitPrice,
    {{ as_rate("case when charge_category <> 'Tax' then signed_quantity end") }} as PricingQuantity,
    {{ as_text('null') }} as PricingUnit,
    {{ as_text("'Microsoft'") }} as ProviderName,
    publisher_name as PublisherName,
    {{ as_text('null') }} as RegionId,
    {{ as_text('null') }} as RegionName,
    subscription_id as ResourceId,
    {{ as_text('null') }} as ResourceName,
    {{ as_text("case when subscription_id is not null then 'Subscription' end") }} as ResourceType,
    {{ as_text("'Other'") }} as ServiceCategory,
    {{ as_text("coalesce(product_name, product_id)") }} as ServiceName,
    {{ as_text("'Other (Other)'") }} as ServiceSubcategory,
    {{ as_text('product_sku_id') }} as SkuId,
    availability_id as SkuPriceId,
    customer_id as SubAccountId,
    customer_name as SubAccountName,
    {{ as_text("case when customer_id is not null then 'Customer' end") }} as SubAccountType,
    {{ as_text('null') }} as Tags,
    invoice_line_id as x_InvoiceLineId,
    order_id as x_OrderId,
    bucket as x_Bucket,
    period as x_Period
from parts
