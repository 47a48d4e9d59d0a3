-- Grain: one row per order line, as it is now.
select
    order_id,
    order_line_number,
    customer_id,
    product_id,
    sku_id,
    availability_id,
    {{ as_rate('quantity') }} as quantity,
    {{ as_rate('unit_price') }} as unit_price,
    {{ as_money('extended_amount') }} as extended_amount,
    currency,
    transaction_type,
    term_duration,
    subscription_id,
    order_item_id
from {{ ref('int_order_lines') }}
