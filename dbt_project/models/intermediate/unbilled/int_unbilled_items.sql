-- Grain: one row per order item, month and currency that the month's last reading lists as not billed yet.
with lines as (
    select
        order_item_id,
        month,
        currency,
        signed_quantity,
        subtotal,
        is_complete
    from {{ ref('int_unbilled_lines') }}
    where is_last_reading and order_item_id is not null
),

items as (
    select
        order_item_id,
        month,
        currency,
        sum(signed_quantity) as unbilled_quantity,
        sum(subtotal) as unbilled_subtotal,
        min(case when is_complete then 1 else 0 end) = 1 as is_complete
    from lines
    group by order_item_id, month, currency
)

select
    order_item_id,
    month,
    currency,
    {{ as_rate('unbilled_quantity') }} as unbilled_quantity,
    {{ as_money('unbilled_subtotal') }} as unbilled_subtotal,
    is_complete,
    {{ eleventh_after(period_start('month')) }} as due_at,
    {{ period_of(add_months(period_start('month'), 1)) }} as due_period
from items
