-- Grain: one row per charge that pass 5 found a candidate for. Only a pair that is the single choice of
-- both sides is a suggestion; `candidate_count` is the larger of the two counts, `order_count` that of the orders.
with pairs as (
    select
        invoice_line_id,
        order_item_id,
        order_id,
        items_of_charge,
        charges_of_item
    from {{ ref('int_suggested_matches') }}
),

per_charge as (
    select
        invoice_line_id,
        max(case when items_of_charge > charges_of_item then items_of_charge else charges_of_item end) as candidate_count,
        max(items_of_charge) as order_count,
        min(order_item_id) as order_item_id,
        min(order_id) as order_id
    from pairs
    group by invoice_line_id
)

select
    invoice_line_id,
    {{ as_count('candidate_count') }} as candidate_count,
    {{ as_count('order_count') }} as order_count,
    case when candidate_count = 1 then order_id end as suggested_order_id,
    case when candidate_count = 1 then order_item_id end as suggested_order_item_id
from per_charge
