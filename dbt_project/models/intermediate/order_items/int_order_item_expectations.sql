-- Grain: one row per order item (order, product, SKU): what its order lines lead us to expect.
with lines as (
    select
        order_item_id,
        order_id,
        order_line_number,
        product_id,
        sku_id,
        term_duration,
        case when is_order_cancelled or not is_purchase then 0 else quantity end as expected_quantity,
        is_purchase,
        is_order_cancelled,
        quantity,
        unit_price,
        currency,
        extended_amount,
        row_number() over (
            partition by order_item_id
            order by
                case when is_purchase then 0 else 1 end asc,
                case when quantity = 0 then 1 else 0 end asc,
                order_line_number asc nulls last
        ) as line_position
    from {{ ref('int_order_lines') }}
),

currencies as (
    select
        currency,
        minor_digits
    from {{ ref('currencies') }}
),

-- Prices are cut to minor units before they are multiplied, as the invoice does it.
listed as (
    select
        lines.*,
        {{ truncate_to_currency('lines.unit_price', 'coalesce(currencies.minor_digits, 2)') }} as cut_price
    from lines
    left join currencies on lines.currency = currencies.currency
),

totals as (
    select
        order_item_id,
        order_id,
        product_id,
        sku_id,
        sum(expected_quantity) as expected_quantity,
        -- Nothing is owed for a line that asks for nothing, whatever it still shows, or does not show, as its price.
        sum(case when expected_quantity = 0 then 0 else extended_amount end) as extended_amount,
        sum(case when expected_quantity <> 0 and extended_amount is null then 1 else 0 end) as lines_without_amount,
        sum(case when expected_quantity = 0 then 0 else {{ multiply_decimals('cut_price', 'expected_quantity') }} end) as listed_amount,
        sum(case when expected_quantity <> 0 and cut_price is null then 1 else 0 end) as lines_without_price,
        max(case when is_purchase and (quantity = 0 or is_order_cancelled) then 1 else 0 end) = 1 as has_cancelled_line,
        max(case when line_position = 1 then unit_price end) as unit_price,
        -- A line without a term never ends, and the item with it.
        max(case when is_purchase and {{ term_months('term_duration') }} is null then 1 else 0 end) = 1 as has_endless_line,
        max({{ term_months('term_duration') }}) as term_months
    from listed
    group by order_item_id, order_id, product_id, sku_id
),

expectations as (
    select
        totals.order_item_id,
        totals.order_id,
        orders.customer_id,
        orders.alternate_id,
        totals.product_id,
        totals.sku_id,
        orders.billing_cycle,
        orders.order_status,
        orders.transaction_type,
        orders.created_at,
        orders.currency as order_currency,
        coalesce(orders.billing_cycle = 'one_time', false) as is_one_time,
        totals.expected_quantity,
        case
            when totals.expected_quantity = 0 then 0
            when totals.lines_without_amount = 0 then totals.extended_amount
        end as expected_amount,
        case when totals.lines_without_price = 0 then totals.listed_amount end as listed_amount,
        totals.unit_price,
        totals.has_cancelled_line,
        totals.has_endless_line,
        totals.term_months
    from totals
    inner join {{ ref('int_orders') }} as orders on totals.order_id = orders.order_id
)

select
    order_item_id,
    order_id,
    customer_id,
    alternate_id,
    product_id,
    sku_id,
    billing_cycle,
    order_status,
    transaction_type,
    created_at,
    {{ period_of(add_months(month_start('created_at'), 1)) }} as due_period,
    order_currency,
    is_one_time,
    {{ as_rate('expected_quantity') }} as expected_quantity,
    {{ as_money('expected_amount') }} as expected_amount,
    {{ as_money('listed_amount') }} as listed_amount,
    {{ as_rate('unit_price') }} as unit_price,
    has_cancelled_line,
    case
        when has_endless_line or term_months is null then null
        else {{ add_months('created_at', 'term_months') }}
    end as term_ends_at
from expectations
