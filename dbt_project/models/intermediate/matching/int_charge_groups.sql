-- Grain: one row per charge group: the charges of one order item over all invoices; without a confirmed
-- order, the charges that name customer, order, product and SKU alike.
-- Amounts are those of the group's currency with the greatest part.
with charges as (
    select
        invoice_line_id,
        charge_group_id,
        order_item_id,
        match_pass,
        resolved_order_id,
        resolved_customer_id,
        is_order_line_found,
        customer_id,
        order_id,
        alternate_id,
        product_id,
        sku_id,
        pricing_currency,
        signed_quantity,
        subtotal,
        total,
        currency,
        candidate_count,
        candidate_order_count,
        suggested_order_id,
        customer_is_known,
        customer_is_compared,
        charge_group_timing_code,
        invoice_at,
        invoice_id
    from {{ ref('int_lines') }}
    where is_charge
),

main_parts as (
    select
        charge_group_id,
        currency,
        currency_count,
        total_sum,
        subtotal_sum,
        pricing_subtotal_sum,
        currency_digits
    from {{ ref('int_charge_group_currencies') }}
    where is_main_currency
),

by_recency as (
    select
        charge_group_id,
        invoice_id,
        invoice_at,
        pricing_currency,
        customer_id,
        alternate_id,
        order_id,
        resolved_customer_id,
        row_number() over (
            partition by charge_group_id
            order by invoice_at desc nulls last, invoice_id desc, invoice_line_id desc
        ) as recency
    from charges
),

groups as (
    select
        charge_group_id,
        min(order_item_id) as order_item_id,
        min(product_id) as product_id,
        min(sku_id) as sku_id,
        -- The weakest pass of its lines; a line without one leaves the group without one.
        case when count(match_pass) = count(*) then max(match_pass) end as match_pass,
        min(resolved_order_id) as resolved_order_id,
        max(case when is_order_line_found then 1 else 0 end) = 1 as is_order_line_found,
        count(*) as charge_count,
        sum(case when subtotal > 0 or (subtotal = 0 and signed_quantity > 0) then 1 else 0 end) as positive_count,
        sum(case when subtotal < 0 or (subtotal = 0 and signed_quantity < 0) then 1 else 0 end) as negative_count,
        sum(signed_quantity) as net_quantity,
        max(case when match_pass = '4_other_customer' then customer_id end) as other_customer_id,
        max(candidate_count) as candidate_count,
        max(candidate_order_count) as candidate_order_count,
        min(suggested_order_id) as suggested_order_id,
        max(case when customer_is_known then 0 else 1 end) = 0 as customer_is_known,
        max(case when customer_is_compared then 0 else 1 end) = 0 as customer_is_compared,
        case when count(charge_group_timing_code) = count(*) then min(charge_group_timing_code) end as timing_code
    from charges
    group by charge_group_id
),

customer_parts as (
    select
        charge_group_id,
        customer_id,
        currency,
        sum(total) as total_sum
    from charges
    group by charge_group_id, customer_id, currency
),

first_horizon as (
    select min(horizon_at) as horizon_at
    from {{ ref('int_billing_horizons') }}
)

select
    groups.charge_group_id,
    groups.order_item_id,
    -- Where some of the charges name another customer than the order, that one is worth naming.
    coalesce(groups.other_customer_id, latest.customer_id) as customer_id,
    coalesce(groups.resolved_order_id, latest.order_id) as order_id,
    coalesce(orders.alternate_id, latest.alternate_id) as alternate_id,
    groups.product_id,
    groups.sku_id,
    groups.match_pass,
    groups.resolved_order_id,
    latest.resolved_customer_id,
    groups.is_order_line_found,
    main_parts.currency,
    {{ as_count('main_parts.currency_count') }} as currency_count,
    {{ as_count('groups.charge_count') }} as charge_count,
    {{ as_count('groups.positive_count') }} as positive_count,
    {{ as_count('groups.negative_count') }} as negative_count,
    {{ as_money('main_parts.total_sum') }} as total_sum,
    {{ as_money('main_parts.subtotal_sum') }} as subtotal_sum,
    {{ as_money('main_parts.pricing_subtotal_sum') }} as pricing_subtotal_sum,
    {{ as_rate('groups.net_quantity') }} as net_quantity,
    groups.candidate_count,
    groups.candidate_order_count,
    groups.suggested_order_id,
    groups.customer_is_known,
    groups.customer_is_compared,
    coalesce(orders.created_at < coalesce(horizons.horizon_at, first_horizon.horizon_at), false) as is_before_horizon,
    groups.timing_code,
    orders.currency as order_currency,
    latest.pricing_currency,
    latest.invoice_at as last_invoice_at,
    latest.invoice_id as last_invoice_id,
    {{ period_of('latest.invoice_at') }} as period,
    main_parts.currency_digits,
    -- What the customer named here was charged of it: all of it, unless the charges name several.
    {{ as_money('coalesce(customer_parts.total_sum, 0)') }} as customer_total
from groups
inner join main_parts on groups.charge_group_id = main_parts.charge_group_id
inner join by_recency as latest on groups.charge_group_id = latest.charge_group_id and latest.recency = 1
left join customer_parts
    on
        groups.charge_group_id = customer_parts.charge_group_id
        and (coalesce(groups.other_customer_id, latest.customer_id) is not distinct from customer_parts.customer_id)
        and (main_parts.currency is not distinct from customer_parts.currency)
left join {{ ref('int_orders') }} as orders on groups.resolved_order_id = orders.order_id
left join {{ ref('int_billing_horizons') }} as horizons on main_parts.currency = horizons.currency
cross join first_horizon
