-- Rule: orders are due in a month and currency, and its one-time invoice is not there after its due date.
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
        count(*) as item_count
    from order_items
    where due_period is not null
        and billing_currency is not null
        and {{ is_still_to_be_billed() }}
    group by due_period, billing_currency
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
        due_items.*,
        due_items.period || '|' || due_items.currency as period_key
    from due_items
    left join documents
        on due_items.period = documents.period
        and due_items.currency = documents.currency
    where due_items.due_at <= {{ as_of() }}
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
            'explanation': count_text('item_count', 'order item') ~ " || ' due in ' || period || ', no one-time invoice in '
                || currency || ' by ' || " ~ day_text('due_at')
        }) }}
    from missing
)

select * from breaks
