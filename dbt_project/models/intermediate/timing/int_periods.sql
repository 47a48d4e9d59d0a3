-- Grain: one row per period (month of the invoice date) and currency with charges, a one-time document,
-- order items of the month that were charged or are due by now, or unbilled lines whose invoice is due by now.
with charges as (
    select
        period,
        currency,
        count(*) as charges_count,
        sum(total) as charges_amount,
        sum(abs(total)) as charges_gross_amount,
        sum(case when order_item_id is not null then 1 else 0 end) as matched_charges_count,
        sum(case when customer_is_compared then 0 else total end) as not_compared_amount,
        sum(case when customer_is_compared then 0 else abs(total) end) as not_compared_gross_amount
    from {{ ref('int_lines') }}
    where is_charge and period is not null and currency is not null
    group by period, currency
),

one_time_documents as (
    select
        period,
        currency,
        count(*) as document_count
    from {{ ref('int_documents') }}
    where is_counted and invoice_type = 'one_time' and period is not null and currency is not null
    group by period, currency
),

order_items as (
    select
        due_period as period,
        billing_currency as currency,
        count(*) as order_items_count,
        sum(case when {{ is_still_to_be_billed() }} then 1 else 0 end) as unbilled_count,
        sum(
            case
                when is_before_horizon then 0
                when first_charged_at is not null or (due_at <= {{ as_of() }} and expected_quantity > 0) then 1
                else 0
            end
        ) as shown_count
    from {{ ref('int_order_items') }}
    where is_one_time and due_period is not null and billing_currency is not null
    group by due_period, billing_currency
),

keys as (
    select period, currency from charges
    union
    select period, currency from one_time_documents
    union
    select period, currency from order_items where shown_count > 0
    union
    select due_period as period, currency from {{ ref('int_unbilled_months') }} where due_at <= {{ as_of() }}
)

select
    keys.period,
    keys.currency,
    {{ as_count('coalesce(charges.charges_count, 0)') }} as charges_count,
    {{ as_money('coalesce(charges.charges_amount, 0)') }} as charges_amount,
    {{ as_count('coalesce(order_items.order_items_count, 0)') }} as order_items_of_month,
    {{ as_count('coalesce(order_items.unbilled_count, 0)') }} as unbilled_items_of_month,
    {{ as_money('coalesce(charges.not_compared_amount, 0)') }} as not_compared_amount,
    one_time_documents.document_count is not null as has_one_time_document,
    {{ as_count('coalesce(charges.matched_charges_count, 0)') }} as matched_charges_count,
    {{ as_money('coalesce(charges.charges_gross_amount, 0)') }} as charges_gross_amount,
    {{ as_money('coalesce(charges.not_compared_gross_amount, 0)') }} as not_compared_gross_amount,
    {{ as_count('coalesce(currencies.minor_digits, 2)') }} as currency_digits
from keys
left join charges on keys.period = charges.period and keys.currency = charges.currency
left join one_time_documents
    on keys.period = one_time_documents.period and keys.currency = one_time_documents.currency
left join order_items on keys.period = order_items.period and keys.currency = order_items.currency
left join {{ ref('currencies') }} as currencies on keys.currency = currencies.currency
