-- Grain: one row per order item (order, product, SKU): expected, charged and entitled side by side.
with items as (
    select *
    from {{ ref('int_order_items') }}
),

-- A break on one of its lines is a break of the item.
broken as (
    select distinct order_item_id
    from {{ ref('int_breaks_at_issue') }}
    where order_item_id is not null
),

judged as (
    select
        items.*,
        case
            when not items.is_one_time or items.is_before_horizon then 'out_of_scope'
            when not (items.is_orders_read and items.is_entitlements_read) then 'not_compared'
            when broken.order_item_id is not null then 'break'
            when items.timing_code is not null then 'timing'
            when
                items.charged_quantity = 0
                and (
                    items.expected_quantity = 0 or items.expected_amount = 0
                    or items.transaction_type = 'system_billing' or items.order_status = 'pending'
                )
                then 'nothing_due'
            -- Ordered, and neither charged nor explained: whatever else is known of it, it is not matched.
            when items.charged_quantity = 0 and items.expected_quantity > 0 then 'not_compared'
            else 'matched'
        end as reconciliation_status
    from items
    left join broken on items.order_item_id = broken.order_item_id
)

select
    order_id,
    customer_id,
    alternate_id,
    product_id,
    sku_id,
    billing_cycle,
    order_status,
    created_at,
    reduced_at,
    order_currency,
    expected_quantity,
    expected_amount,
    charged_currency,
    charged_quantity,
    charged_subtotal,
    charged_total,
    entitled_quantity,
    timing_code,
    timing_due_at,
    reconciliation_status,
    order_item_id,
    transaction_type,
    due_period,
    due_at,
    unit_amount,
    {{ as_flag('is_reduction_assumed') }} as is_reduction_assumed
from judged
