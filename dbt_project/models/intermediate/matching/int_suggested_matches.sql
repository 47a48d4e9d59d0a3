-- Grain: one row per pair of a charge without an order and an order item without a charge that could
-- belong together: same customer, product, SKU, currency and quantity, within three days (pass 5).
with charges as (
    select
        invoice_line_id,
        customer_id,
        product_id,
        sku_id,
        currency,
        signed_quantity,
        order_at,
        cast(order_at as date) as order_day
    from {{ ref('int_classified_lines') }}
    where is_charge and resolved_order_id is null and order_at is not null and signed_quantity > 0
),

charged_items as (
    select distinct order_item_id
    from {{ ref('int_classified_lines') }}
    where order_item_id is not null
),

items as (
    select
        expectations.order_item_id,
        expectations.order_id,
        expectations.customer_id,
        expectations.product_id,
        expectations.sku_id,
        expectations.order_currency,
        expectations.expected_quantity,
        expectations.created_at
    from {{ ref('int_order_item_expectations') }} as expectations
    left join charged_items on expectations.order_item_id = charged_items.order_item_id
    where
        charged_items.order_item_id is null
        and expectations.is_one_time
        and expectations.expected_quantity > 0
),

-- Joining on the day keeps the join an equal one, however many charges a customer has.
day_steps as (
    {% for step in range(-3, 4) -%}
    select {{ step }} as step {{ 'union all' if not loop.last }}
    {% endfor %}
),

item_days as (
    select
        items.order_item_id,
        items.order_id,
        items.customer_id,
        items.product_id,
        items.sku_id,
        items.order_currency,
        items.expected_quantity,
        items.created_at,
        cast({{ add_hours('items.created_at', '24 * day_steps.step') }} as date) as order_day
    from items
    cross join day_steps
),

pairs as (
    select
        charges.invoice_line_id,
        item_days.order_item_id,
        item_days.order_id
    from charges
    inner join item_days
        on
            charges.customer_id = item_days.customer_id
            and charges.product_id = item_days.product_id
            and charges.sku_id = item_days.sku_id
            and charges.currency = item_days.order_currency
            and charges.signed_quantity = item_days.expected_quantity
            and charges.order_day = item_days.order_day
    where
        item_days.created_at <= {{ add_hours('charges.order_at', 72) }}
        and item_days.created_at >= {{ add_hours('charges.order_at', -72) }}
)

select
    invoice_line_id,
    order_item_id,
    order_id,
    count(*) over (partition by invoice_line_id) as items_of_charge,
    count(*) over (partition by order_item_id) as charges_of_item
from pairs
