-- Grain: one row per counted document, currency, subscription, product and SKU with usage: what was invoiced, and
-- what the daily rows behind it add up to.
with sides as (
    select
        invoice_id,
        billing_provider,
        currency as side_currency,
        subscription_id,
        product_id,
        sku_id,
        max(invoiced_currency) as currency,
        sum(invoiced_line_count) as invoiced_line_count,
        coalesce(sum(invoiced_amount), 0) as invoiced_amount,
        coalesce(sum(invoiced_quantity), 0) as invoiced_quantity,
        coalesce(sum(allowed_amount), 0) as allowed_amount,
        sum(usage_row_count) as usage_row_count,
        coalesce(sum(usage_amount), 0) as usage_amount,
        coalesce(sum(usage_quantity), 0) as usage_quantity,
        sum(late_row_count) as late_row_count
    from {{ ref('int_usage_sides') }}
    group by invoice_id, billing_provider, currency, subscription_id, product_id, sku_id
),

-- Rated usage is read per currency, that of Azure subscriptions in one go.
readings as (
    select
        invoice_id,
        billing_provider,
        currency
    from {{ ref('stg_partner_center__load_ledger') }}
    where line_item_type = 'usage' and has_landing
    group by invoice_id, billing_provider, currency
),

compared as (
    select
        sides.*,
        sides.billing_provider = 'azure' as is_by_quantity,
        of_currency.invoice_id is not null or of_all.invoice_id is not null as is_usage_read,
        sides.invoiced_amount - sides.usage_amount as difference_amount,
        sides.invoiced_quantity - sides.usage_quantity as difference_quantity
    from sides
    left join readings as of_currency
        on
            sides.invoice_id = of_currency.invoice_id
            and sides.billing_provider = of_currency.billing_provider
            and sides.side_currency = of_currency.currency
    left join readings as of_all
        on
            sides.invoice_id = of_all.invoice_id
            and sides.billing_provider = of_all.billing_provider
            and of_all.currency is null
),

judged as (
    select
        *,
        case
            when not is_usage_read then 'no_usage_read'
            when is_by_quantity and difference_quantity = 0 then 'explained'
            when not is_by_quantity and abs(difference_amount) <= allowed_amount then 'explained'
            when is_by_quantity and usage_quantity < invoiced_quantity then 'rows_missing'
            when not is_by_quantity and abs(usage_amount) < abs(invoiced_amount) then 'rows_missing'
            else 'rows_beyond'
        end as coverage
    from compared
)

select
    {{ hash_of(['invoice_id', 'billing_provider', 'side_currency', 'subscription_id', 'product_id', 'sku_id']) }}
        as usage_explanation_id,
    invoice_id,
    billing_provider,
    currency,
    subscription_id,
    product_id,
    sku_id,
    {{ as_text('coverage') }} as coverage,
    {{ as_count('invoiced_line_count') }} as invoiced_line_count,
    {{ as_money('invoiced_amount') }} as invoiced_amount,
    {{ as_count('usage_row_count') }} as usage_row_count,
    case when not is_by_quantity then {{ as_rate('usage_amount') }} end as usage_amount,
    case when not is_by_quantity then {{ as_rate('difference_amount') }} end as difference_amount,
    case when not is_by_quantity and coverage = 'explained' then {{ as_rate('difference_amount') }} end as truncation_amount,
    {{ as_rate('invoiced_quantity') }} as invoiced_quantity,
    {{ as_rate('usage_quantity') }} as usage_quantity,
    {{ as_rate('difference_quantity') }} as difference_quantity,
    {{ as_count('late_row_count') }} as late_row_count
from judged
