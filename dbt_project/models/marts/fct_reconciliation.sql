-- Grain: one row per period (month of the invoice date) and currency: the verdict and what it rests on.
with periods as (
    select *
    from {{ ref('int_periods') }}
),

lines as (
    select
        period,
        currency,
        sum(total) as matched_amount
    from {{ ref('fct_invoice_lines') }}
    where bucket = 'matched'
    group by period, currency
),

order_items as (
    select
        due_period as period,
        billing_currency as currency,
        count(*) as order_items_count
    from {{ ref('int_order_items') }}
    where is_one_time and not is_before_horizon
    group by due_period, billing_currency
),

entitlements as (
    select
        items.due_period as period,
        items.billing_currency as currency,
        sum(entitled.entitlement_count) as entitlements_count
    from {{ ref('int_order_items') }} as items
    inner join {{ ref('int_order_item_entitlements') }} as entitled
        on items.order_item_id = entitled.order_item_id and items.customer_id = entitled.customer_id
    where items.is_one_time and not items.is_before_horizon
    group by items.due_period, items.billing_currency
),

documents as (
    select
        period,
        currency,
        sum(unexplained_amount) as unexplained_amount
    from {{ ref('fct_invoices') }}
    where is_counted and invoice_type = 'one_time'
    group by period, currency
),

breaks as (
    select
        period,
        currency,
        count(*) as open_breaks_count,
        sum(case when is_primary then at_risk_amount end) as at_risk_amount,
        sum(case when break_code in ({{ blocking_break_codes() }}) then 1 else 0 end)
            as blocking_count
    from {{ ref('int_break_periods') }}
    group by period, currency
),

first_periods as (
    select
        currency,
        {{ period_of('min(horizon_at)') }} as first_period
    from {{ ref('int_billing_horizons') }}
    group by currency
),

gathered as (
    select
        periods.*,
        coalesce(order_items.order_items_count, 0) as order_items_count,
        coalesce(entitlements.entitlements_count, 0) as entitlements_count,
        coalesce(lines.matched_amount, 0) as matched_amount,
        coalesce(breaks.open_breaks_count, 0) as open_breaks_count,
        coalesce(breaks.at_risk_amount, 0) as at_risk_amount,
        coalesce(breaks.blocking_count, 0) as blocking_count,
        coalesce(documents.unexplained_amount, 0) as unexplained_amount
    from periods
    left join lines on periods.period = lines.period and periods.currency = lines.currency
    left join order_items on periods.period = order_items.period and periods.currency = order_items.currency
    left join entitlements on periods.period = entitlements.period and periods.currency = entitlements.currency
    left join documents on periods.period = documents.period and periods.currency = documents.currency
    left join breaks on periods.period = breaks.period and periods.currency = breaks.currency
    left join first_periods on periods.currency = first_periods.currency
    where first_periods.first_period is null or periods.period >= first_periods.first_period
)

select
    period,
    currency,
    case
        when
            blocking_count > 0
            or not_compared_gross_amount > cast('{{ var("not_compared_share") }}' as decimal(9, 6))
            * cast(charges_gross_amount as decimal(29, 4))
            then 'not_reconciled'
        when open_breaks_count > 0 then 'breaks'
        else 'clean'
    end as verdict,
    charges_count,
    charges_amount,
    {{ as_count('order_items_count') }} as order_items_count,
    {{ as_count('entitlements_count') }} as entitlements_count,
    {{ as_money('matched_amount') }} as matched_amount,
    {{ as_count('open_breaks_count') }} as open_breaks_count,
    {{ as_money('at_risk_amount') }} as at_risk_amount,
    {{ as_money('unexplained_amount') }} as unexplained_amount,
    not_compared_amount
from gathered
