-- Grain: one row per change of status or quantity of an order line that a reading showed.
with order_line_states as (
    select
        order_id,
        line_item_number,
        order_status,
        quantity,
        seen_at,
        is_first_reading
    from {{ source('partner_center_raw', 'order_line_states') }}
),

cleaned as (
    select
        {{ order_id('order_id') }} as order_id,
        line_item_number as order_line_number,
        {{ fold_word('order_status') }} as order_status,
        quantity,
        seen_at,
        coalesce(is_first_reading, false) as is_first_reading
    from order_line_states
)

select * from cleaned
