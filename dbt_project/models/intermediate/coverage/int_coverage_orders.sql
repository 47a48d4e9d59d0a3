-- Grain: one row per period, currency, side and reason: what of the orders was compared with charges and entitlements.
with items as (
    select
        items.due_period as period,
        items.billing_currency as currency,
        coalesce(items.billing_cycle, 'unknown cycle') as part,
        items.expected_amount,
        items.is_entitlement_expected and items.expected_quantity > 0 as has_entitlements_to_come,
        case
            when not items.is_one_time then 'not a one-time order'
            when items.is_before_horizon then 'ordered before the first month that was loaded'
            when not items.is_orders_read then coalesce('orders of the customer could not be read: ' || failures.orders_reason, 'orders of the customer were not read')
            when items.is_quantity_comparable is false then 'quantities cannot be compared'
            when not items.is_due_invoice_loaded and items.first_charged_at is null then 'the invoice of the month is not there yet'
        end as orders_reason,
        case when items.is_one_time and not items.is_orders_read then failures.orders_partition_id end as orders_partition_id,
        case
            when not items.is_one_time then 'not a one-time order'
            when items.is_before_horizon then 'ordered before the first month that was loaded'
            when not items.is_entitlements_read
                then coalesce('entitlements of the customer could not be read: ' || failures.entitlements_reason, 'entitlements of the customer were not read')
            when items.is_term_over then 'the term is over'
        end as entitlements_reason,
        case when items.is_one_time and not items.is_entitlements_read then failures.entitlements_partition_id end
            as entitlements_partition_id
    from {{ ref('int_order_items') }} as items
    left join {{ ref('int_coverage_failures') }} as failures on items.customer_id = failures.customer_id
),

gathered as (
    select {{ coverage_row({
        'period': 'period', 'currency': 'currency', 'kind': "'orders'", 'part': 'part', 'compared_with': "'charges'",
        'not_compared_reason': 'orders_reason', 'partition_id': 'orders_partition_id', 'row_count': 'count(*)',
        'amount': 'sum(expected_amount)'
    }) }}
    from items
    group by period, currency, part, orders_reason, orders_partition_id

    union all

    select {{ coverage_row({
        'period': 'period', 'currency': 'currency', 'kind': "'entitlements'", 'part': 'part', 'compared_with': "'orders'",
        'not_compared_reason': 'entitlements_reason', 'partition_id': 'entitlements_partition_id', 'row_count': 'count(*)',
        'amount': 'sum(expected_amount)'
    }) }}
    from items
    where has_entitlements_to_come
    group by period, currency, part, entitlements_reason, entitlements_partition_id
)

select * from gathered
