-- What would be a break if no window of time were running: the rule, and what it would be about.
-- Grain: one row per rule and order item or charge group (`break_code`, `grain_key`).
{% set item_windows = {
    'on_unbilled': 'is_window_on_unbilled',
    'not_yet_invoiced': 'is_window_not_yet_invoiced',
    'credit_due': 'is_window_credit_due',
    'provisioning_pending': 'is_window_provisioning',
    'deprovisioning_pending': 'is_window_deprovisioning',
} %}

with running as (
    {% for timing_code, flag in item_windows.items() -%}
    select
        order_item_id as grain_key,
        '{{ timing_code }}' as timing_code
    from {{ ref('int_order_items') }}
    where {{ flag }}
    union all
    {% endfor -%}
    select
        charge_group_id as grain_key,
        timing_code
    from {{ ref('int_charge_groups') }}
    where timing_code = 'order_too_new'
),

-- One row per window and rule that waits for it.
waiting as (
    select
        windows.timing_code,
        catalogue.break_code
    from {{ ref('timing_windows') }} as windows
    inner join {{ ref('break_catalogue') }} as catalogue
        on ' ' || windows.then_codes || ' ' like '% ' || catalogue.break_code || ' %'
),

awaited as (
    select distinct
        waiting.break_code,
        running.grain_key
    from running
    inner join waiting on running.timing_code = waiting.timing_code
)

select * from awaited
