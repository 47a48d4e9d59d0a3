-- Grain: one row per charge group without an order that is a break, and order item of the same customer, product
-- and SKU: what could belong together, and why it was not confirmed.
with groups as (
    select
        standing.break_id,
        standing.break_code,
        groups.charge_group_id,
        groups.customer_id,
        groups.product_id,
        groups.sku_id,
        groups.currency,
        groups.net_quantity,
        groups.total_sum
    from {{ ref('int_breaks_open') }} as standing
    inner join {{ ref('int_charge_groups') }} as groups
        on standing.charge_group_id = groups.charge_group_id
    where standing.break_code in ({{ break_codes_without_order() }})
),

charge_times as (
    select
        charge_group_id,
        min(order_at) as order_at
    from {{ ref('int_lines') }}
    where is_charge
    group by charge_group_id
),

suggested as (
    select
        lines.charge_group_id,
        pairs.order_item_id,
        max(case when pairs.items_of_charge > pairs.charges_of_item then pairs.items_of_charge else pairs.charges_of_item end)
            as candidate_count,
        max(pairs.items_of_charge) as order_count
    from {{ ref('int_suggested_matches') }} as pairs
    inner join {{ ref('int_lines') }} as lines
        on pairs.invoice_line_id = lines.invoice_line_id
    group by lines.charge_group_id, pairs.order_item_id
),

paired as (
    select
        groups.break_id,
        groups.break_code,
        groups.charge_group_id,
        groups.customer_id,
        groups.product_id,
        groups.sku_id,
        groups.currency,
        groups.net_quantity as charged_quantity,
        groups.total_sum as charged_total,
        charge_times.order_at,
        items.order_id as candidate_order_id,
        items.order_item_id as candidate_order_item_id,
        items.billing_cycle as candidate_billing_cycle,
        items.created_at as candidate_created_at,
        items.order_currency as candidate_currency,
        items.expected_quantity as candidate_quantity,
        coalesce(items.positive_charge_count, 0) + coalesce(items.negative_charge_count, 0) as candidate_charge_count,
        suggested.candidate_count,
        suggested.order_count
    from groups
    inner join {{ ref('int_order_items') }} as items
        on
            groups.customer_id = items.customer_id
            and groups.product_id = items.product_id
            and groups.sku_id = items.sku_id
    left join charge_times on groups.charge_group_id = charge_times.charge_group_id
    left join suggested
        on groups.charge_group_id = suggested.charge_group_id and items.order_item_id = suggested.order_item_id
)

select
    break_id,
    break_code,
    charge_group_id,
    customer_id,
    product_id,
    sku_id,
    currency,
    charged_quantity,
    charged_total,
    order_at,
    candidate_order_id,
    candidate_order_item_id,
    candidate_created_at,
    candidate_currency,
    candidate_quantity,
    coalesce(candidate_count = 1, false) as is_suggested,
    {{ as_text("case
        when candidate_count = 1 then 'the only order that fits; nothing on the charge names it'
        when candidate_count > 1 and order_count = 1 then 'it fits several charges equally'
        when candidate_count > 1 then 'one of several that fit equally'
        when candidate_billing_cycle is distinct from 'one_time' then 'its billing cycle is not one-time'
        when candidate_charge_count > 0 then 'it is charged already'
        when candidate_quantity <= 0 then 'nothing is ordered on it any more'
        when candidate_currency is distinct from currency then 'its currency is another one'
        when candidate_quantity <> charged_quantity then 'its quantity is another one'
        when order_at is null then 'the charge has no order date'
        else 'it was created more than 3 days from the order date of the charge'
    end") }} as reason
from paired
