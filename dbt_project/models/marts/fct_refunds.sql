-- Grain: one row per charge group of which something came back, or should have: what, by when, and what came.
-- An invoice does not say which reduction it pays back, so all reductions of an order item are followed together.
with verdicts as (
    select
        coalesce(charge_group_id, {{ hash_of(["'item'", 'order_item_id']) }}) as charge_group_id,
        max(case when break_code = 'over_credited' then break_id end) as over_break_id,
        max(case when break_code = 'credit_without_cancellation' then break_id end) as unasked_break_id,
        max(case when break_code = 'cancelled_not_credited' then break_id end) as late_break_id,
        max(case when break_code = 'credit_short' then break_id end) as short_break_id
    from {{ ref('int_breaks_found') }}
    where break_code in ('over_credited', 'credit_without_cancellation', 'cancelled_not_credited', 'credit_short')
    group by coalesce(charge_group_id, {{ hash_of(["'item'", 'order_item_id']) }})
),

followed as (
    select
        groups.charge_group_id,
        groups.order_item_id,
        groups.customer_id,
        groups.order_id,
        groups.product_id,
        groups.sku_id,
        groups.currency,
        groups.net_quantity,
        items.expected_quantity,
        items.was_ever_reduced,
        items.is_window_credit_due,
        coalesce(refunds.refund_count, 0) as refund_count,
        coalesce(refunds.refunded_quantity, 0) as refunded_quantity,
        coalesce(refunds.refunded_subtotal, 0) as refunded_subtotal,
        coalesce(refunds.refunded_total, 0) as refunded_total,
        coalesce(refunds.pricing_currency, terms.pricing_currency, groups.pricing_currency) as pricing_currency,
        case when refunds.charge_group_id is null then 0 else refunds.refunded_pricing_amount end as refunded_pricing_amount,
        refunds.first_invoice_id,
        refunds.last_invoice_id,
        refunds.first_refund_at,
        refunds.last_refund_at,
        coalesce(refunds.invoice_count, 0) as invoice_count,
        windows.reduced_at,
        windows.is_reduction_assumed,
        windows.credit_due_at,
        terms.unit_refund_amount,
        -- Units charged and no longer ordered are to come back. A unit that came back twice was to come back once; of
        -- an order from before the first month nobody knows how many were charged.
        case
            when not coalesce(items.was_ever_reduced, false) then 0
            when items.is_before_horizon and groups.net_quantity < items.expected_quantity
                then coalesce(refunds.refunded_quantity, 0)
            when coalesce(refunds.refunded_quantity, 0) + groups.net_quantity > items.expected_quantity
                then coalesce(refunds.refunded_quantity, 0) + groups.net_quantity - items.expected_quantity
            else 0
        end as expected_refund_quantity,
        case
            when groups.order_item_id is null then null
            when items.is_before_horizon then 'ordered before the first month that was loaded'
            when not items.is_one_time then 'not a one-time order'
            when not items.is_orders_read then 'the orders of the customer could not be read'
            when items.is_quantity_comparable is false then 'quantities cannot be compared'
        end as not_judged_reason
    from {{ ref('int_charge_groups') }} as groups
    left join {{ ref('int_order_items') }} as items on groups.order_item_id = items.order_item_id
    left join {{ ref('int_order_item_windows') }} as windows on groups.order_item_id = windows.order_item_id
    left join {{ ref('int_order_item_refunds') }} as terms on groups.order_item_id = terms.order_item_id
    left join {{ ref('int_refunded_groups') }} as refunds on groups.charge_group_id = refunds.charge_group_id
),

-- A refund that is charged again at once is a change of the bill, and no refund.
refunds as (
    select
        followed.*,
        verdicts.over_break_id,
        verdicts.unasked_break_id,
        verdicts.late_break_id,
        verdicts.short_break_id,
        case when was_ever_reduced then {{ multiply_decimals('unit_refund_amount', 'expected_refund_quantity') }} else 0 end as expected_amount
    from followed
    left join verdicts on followed.charge_group_id = verdicts.charge_group_id
    where (refund_count > 0 and (order_item_id is null or was_ever_reduced or net_quantity < expected_quantity))
        or (was_ever_reduced and net_quantity > expected_quantity)
        or over_break_id is not null
),

judged as (
    select
        *,
        case
            when over_break_id is not null then 'over'
            when unasked_break_id is not null or order_item_id is null then 'unasked'
            when late_break_id is not null then 'late'
            when short_break_id is not null then 'short'
            when not_judged_reason is not null then 'not_judged'
            when is_window_credit_due then 'due'
            when not was_ever_reduced then 'unasked'
            when net_quantity = expected_quantity then 'received'
            when net_quantity < expected_quantity then 'over'
            else 'not_judged'
        end as refund_status
    from refunds
)

select
    charge_group_id as refund_id,
    order_item_id,
    customer_id,
    order_id,
    product_id,
    sku_id,
    refund_status,
    case when refund_status = 'not_judged' then coalesce(not_judged_reason, 'ordered more again since') end as not_judged_reason,
    case when was_ever_reduced then reduced_at end as reduced_at,
    case when was_ever_reduced then is_reduction_assumed end as is_reduction_assumed,
    case when was_ever_reduced then credit_due_at end as due_at,
    {{ as_rate('expected_refund_quantity') }} as expected_quantity,
    {{ as_rate('refunded_quantity') }} as refunded_quantity,
    pricing_currency,
    {{ as_money('expected_amount') }} as expected_pricing_amount,
    {{ as_money('refunded_pricing_amount') }} as refunded_pricing_amount,
    {{ as_money('refunded_pricing_amount - expected_amount') }} as difference_pricing_amount,
    currency,
    {{ as_money('refunded_subtotal') }} as refunded_subtotal,
    {{ as_money('refunded_total') }} as refunded_total,
    {{ as_count('invoice_count') }} as invoice_count,
    first_invoice_id,
    last_invoice_id,
    first_refund_at,
    last_refund_at,
    coalesce(over_break_id, unasked_break_id, late_break_id, short_break_id) as break_id
from judged
