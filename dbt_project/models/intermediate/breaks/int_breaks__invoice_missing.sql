-- Rule: orders are due in a month and currency, or lines that were listed as not billed yet, and its one-time invoice is not there after its due date.
-- Grain: one row per month and currency that breaks the rule.
with order_items as (
    select
        order_item_id,
        due_period,
        billing_currency,
        order_status,
        expected_quantity,
        expected_amount,
        transaction_type,
        positive_charge_count,
        is_one_time,
        is_before_horizon
    from {{ ref('int_order_items') }}
),

-- An item that was charged elsewhere does not wait for this month's invoice.
due_items as (
    select
        due_period as period,
        billing_currency as currency,
        {{ add_hours(period_start('due_period'), 240) }} as due_at,
        count(*) as item_count,
        0 as line_count
    from order_items
    where due_period is not null
        and billing_currency is not null
        and {{ is_still_to_be_billed() }}
    group by due_period, billing_currency
),

unbilled_months as (
    select
        due_period as period,
        currency,
        due_at,
        0 as item_count,
        line_count
    from {{ ref('int_unbilled_months') }}
),

due_months as (
    select
        period,
        currency,
        due_at,
        sum(item_count) as item_count,
        sum(line_count) as line_count
    from (
        select * from due_items
        union all
        select * from unbilled_months
    ) as dues
    group by period, currency, due_at
),

documents as (
    select
        period,
        currency
    from {{ ref('int_periods') }}
    where has_one_time_document
),

missing as (
    select
        due_months.*,
        due_months.period || '|' || due_months.currency as period_key,
        case
            when due_months.item_count = 0 then {{ count_text('due_months.line_count', 'unbilled line') }}
            when due_months.line_count = 0 then {{ count_text('due_months.item_count', 'order item') }}
            else {{ count_text('due_months.item_count', 'order item') }} || ' and '
                || {{ count_text('due_months.line_count', 'unbilled line') }}
        end as due_text
    from due_months
    left join documents
        on due_months.period = documents.period
        and due_months.currency = documents.currency
    where due_months.due_at <= {{ as_of() }}
        and documents.period is null
),

breaks as (
    select
        {{ break_row('invoice_missing', 'period', {
            'grain_key': 'period_key',
            'subject_key': 'period_key',
            'period': 'period',
            'currency': 'currency',
            'direction': "'exposure'",
            'business_at': 'due_at',
            'explanation': "due_text || ' due in ' || period || ', no one-time invoice in '
                || currency || ' by ' || " ~ day_text('due_at')
        }) }}
    from missing
)

select * from breaks
