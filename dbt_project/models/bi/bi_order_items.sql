-- Grain: one row per order, product and SKU.
with items as (
    select *
    from {{ ref('fct_order_items') }}
)

select
    order_item_id,
    order_id,
    customer_id,
    {{ product_sku_id('product_id', 'sku_id') }} as product_sku_id,
    due_period as period,
    cast(created_at as date) as created_date,
    billing_cycle,
    order_status,
    reconciliation_status,
    timing_code,
    cast(timing_due_at as date) as timing_due_date,
    order_currency,
    expected_quantity,
    expected_amount,
    charged_currency,
    charged_quantity,
    charged_subtotal,
    charged_total,
    entitled_quantity
from items
