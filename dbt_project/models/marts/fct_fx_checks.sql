-- Grain: one row per month, pair of currencies and rate as billed. Nothing is divided: both sides are dollars.
with billed as (
    select
        {{ period_of('coalesce(fx_rate_at, charge_start_at)') }} as rate_month,
        pricing_currency,
        currency,
        fx_rate,
        invoice_id,
        subtotal,
        {{ pricing_amount() }} as pricing_amount
    from {{ ref('stg_partner_center__invoice_line_items') }}
    where pricing_currency <> currency and fx_rate is not null
),

used as (
    select
        rate_month,
        pricing_currency,
        currency,
        fx_rate,
        count(*) as line_count,
        count(distinct invoice_id) as invoice_count,
        sum(subtotal) as billed_amount,
        sum(pricing_amount) as pricing_amount
    from billed
    group by rate_month, pricing_currency, currency, fx_rate
),

months as (
    select
        {{ partition_month('partition_id', 2) }} as month,
        has_landing,
        failure_reason
    from {{ ref('stg_partner_center__load_ledger') }}
    where endpoint = 'fx_rates'
),

listed as (
    select
        month,
        currency,
        max(usd_per_unit) as usd_per_unit
    from {{ ref('stg_partner_center__fx_rates') }}
    group by month, currency
),

-- A dollar is a dollar, listed or not.
compared as (
    select
        used.*,
        months.has_landing,
        months.failure_reason,
        case
            when used.pricing_currency = 'USD' then cast(1 as {{ rate_type() }})
            else of_price.usd_per_unit
        end as usd_per_pricing_unit,
        case
            when used.currency = 'USD' then cast(1 as {{ rate_type() }})
            else of_bill.usd_per_unit
        end as usd_per_billing_unit
    from used
    left join months on used.rate_month = months.month
    left join listed as of_price on used.rate_month = of_price.month and used.pricing_currency = of_price.currency
    left join listed as of_bill on used.rate_month = of_bill.month and used.currency = of_bill.currency
),

measured as (
    select
        compared.*,
        {{ as_rate(multiply_rates('fx_rate', 'usd_per_billing_unit')) }} as usd_per_pricing_unit_billed
    from compared
),

deviating as (
    select
        measured.*,
        usd_per_pricing_unit_billed - usd_per_pricing_unit as deviation_usd_per_unit
    from measured
)

select
    {{ hash_of(['rate_month', 'pricing_currency', 'currency', decimal_text('fx_rate')]) }} as fx_check_id,
    {{ as_text('rate_month') }} as rate_month,
    pricing_currency,
    currency,
    {{ as_rate('fx_rate') }} as fx_rate,
    {{ as_count('line_count') }} as line_count,
    {{ as_count('invoice_count') }} as invoice_count,
    {{ as_money('billed_amount') }} as billed_amount,
    {{ as_money('pricing_amount') }} as pricing_amount,
    {{ as_text(
        "case when not coalesce(has_landing, false) and failure_reason is not null then 'rates_refused'"
        ~ " when not coalesce(has_landing, false) then 'rates_not_read'"
        ~ " when deviation_usd_per_unit is null then 'currency_not_listed' else 'compared' end"
    ) }} as benchmark_status,
    case when not coalesce(has_landing, false) then failure_reason end as failure_reason,
    {{ as_rate('usd_per_pricing_unit') }} as usd_per_pricing_unit,
    {{ as_rate('usd_per_billing_unit') }} as usd_per_billing_unit,
    {{ as_rate('usd_per_pricing_unit_billed') }} as usd_per_pricing_unit_billed,
    {{ as_rate('deviation_usd_per_unit') }} as deviation_usd_per_unit,
    cast({{ truncate_decimal(multiply_rates('pricing_amount', 'deviation_usd_per_unit'), 12) }} as {{ money_type() }}) as deviation_usd_amount,
    abs(deviation_usd_per_unit)
    <= {{ multiply_rates('usd_per_pricing_unit', "cast('" ~ var('fx_near_share') ~ "' as " ~ rate_type() ~ ")") }} as is_near_benchmark
from deviating
