-- What each break touches, under every scope in which another break may suppress it or be suppressed.
-- Grain: one row per break, scope and key; a suggested match takes part as the winner `suggested_match`.
{{ config(materialized='table') }}

with breaks as (
    select
        break_id,
        break_code,
        grain_key,
        order_item_id,
        charge_group_id,
        invoice_line_id,
        invoice_id,
        customer_id,
        currency,
        period || '|' || currency as period_key
    from {{ ref('int_breaks_found') }}
),

scoped as (
    {%- set scopes = {
        "order_item": "order_item_id", "charge_group": "charge_group_id", "line": "invoice_line_id",
        "document": "invoice_id", "customer": "customer_id", "period": "period_key", "currency": "currency"
    } %}
    {%- for scope, key in scopes.items() %}
    select break_id, break_code, '{{ scope }}' as scope, {{ key }} as scope_key from breaks where {{ key }} is not null
    union all
    {%- endfor %}
    select break_id, break_code, 'customer_periods' as scope, grain_key as scope_key from breaks where break_code = 'not_compared'
),

-- An order item also belongs to the month whose invoice bills it, whenever it was charged last.
item_months as (
    select
        breaks.break_id,
        breaks.break_code,
        'period' as scope,
        order_items.due_period || '|' || order_items.billing_currency as scope_key
    from breaks
    inner join {{ ref('int_order_items') }} as order_items
        on breaks.order_item_id = order_items.order_item_id
    where order_items.due_period || '|' || order_items.billing_currency <> coalesce(breaks.period_key, '')
),

uncompared_months as (
    select
        customer_id || '|' || coalesce(currency, '') as customer_key,
        period || '|' || currency as period_key
    from {{ ref('int_lines') }}
    where is_charge
        and customer_is_compared is not true
    group by customer_id, currency, period
),

-- A month in which nothing was compared speaks for a customer when it, or others like it, cover all charges.
covered_customers as (
    select
        max(breaks.break_id) as break_id,
        'nothing_compared' as break_code,
        'customer_periods' as scope,
        uncompared_months.customer_key as scope_key
    from uncompared_months
    left join breaks
        on uncompared_months.period_key = breaks.grain_key
        and breaks.break_code = 'nothing_compared'
    group by uncompared_months.customer_key
    having count(*) = count(breaks.break_id)
),

suggested_matches as (
    select
        'suggested_match|' || order_item_id as break_id,
        'suggested_match' as break_code,
        'order_item' as scope,
        order_item_id as scope_key
    from {{ ref('int_order_items') }}
    where is_suggested_candidate
),

scopes as (
    select * from scoped
    union all
    select * from item_months
    union all
    select * from covered_customers
    union all
    select * from suggested_matches
)

select * from scopes
