-- Grain: one row per charge whose order tells no price. Shows what the price list says, and never guesses.
with customers as (
    select
        customer_id,
        max(country) as country
    from {{ ref('stg_partner_center__customers_by_id') }}
    group by customer_id
),

-- What the order says of its items: whether it tells a price, and one term if all its lines agree.
ordered as (
    select
        order_item_id,
        max(case when unit_price is not null or extended_amount is not null then 1 else 0 end) = 1 as has_price,
        case when min(term_duration) = max(term_duration) then {{ blank_to_null('min(term_duration)') }} end as term_duration
    from {{ ref('int_order_lines') }}
    group by order_item_id
),

charges as (
    select
        lines.invoice_line_id,
        lines.invoice_id,
        lines.customer_id,
        lines.order_item_id,
        lines.product_id,
        lines.sku_id,
        upper(coalesce(lines.customer_country, customers.country)) as market,
        {{ price_view('lines.product_id', 'lines.reservation_order_id', 'lines.meter_description') }} as price_view,
        coalesce(lines.order_at, lines.charge_start_at) as priced_at,
        {{ period_of('coalesce(lines.order_at, lines.charge_start_at)') }} as price_month,
        ordered.term_duration,
        {{ fold_word('lines.billing_frequency') }} as billing_plan,
        lines.pricing_currency,
        lines.currency,
        lines.currency_digits,
        lines.tolerance_amount,
        case
            when lines.pricing_currency = lines.currency then cast(1 as {{ rate_type() }})
            else lines.fx_rate
        end as fx_rate,
        lines.effective_unit_price,
        abs(coalesce(lines.billable_quantity, lines.quantity)) as billed_quantity,
        lines.subtotal
    from {{ ref('int_lines') }} as lines
    left join ordered on lines.order_item_id = ordered.order_item_id
    left join customers on lines.customer_id = customers.customer_id
    where lines.is_charge and not coalesce(ordered.has_price, false)
),

sheets as (
    select
        upper({{ part_of('partition_id', '/', 2) }}) as market,
        {{ part_of('partition_id', '/', 3) }} as price_view,
        {{ partition_month('partition_id', 4) }} as month,
        has_landing,
        failure_reason
    from {{ ref('stg_partner_center__load_ledger') }}
    where endpoint = 'price_sheets'
),

-- Every price of the item in the sheet, with what speaks for it and what against.
prices as (
    select
        charges.invoice_line_id,
        listed.market = charges.market as is_market,
        coalesce(listed.currency in (charges.pricing_currency, charges.currency), false) as is_currency,
        (listed.valid_from is null or listed.valid_from <= charges.priced_at)
        and (listed.valid_to is null or listed.valid_to >= charges.priced_at) as is_valid,
        -- What either side leaves open excludes nothing.
        coalesce(upper(listed.term_duration) = upper(charges.term_duration), true)
        and coalesce({{ fold_word('listed.billing_plan') }} = charges.billing_plan, true) as is_term,
        listed.term_duration,
        listed.billing_plan,
        listed.segment,
        listed.tier_min,
        listed.tier_max,
        listed.currency,
        listed.unit_price
    from charges
    inner join {{ ref('dim_prices') }} as listed
        on
            charges.market = listed.asked_market
            and charges.price_view = listed.price_view
            and charges.price_month = listed.month
            and charges.product_id = listed.product_id
            and charges.sku_id = listed.sku_id
),

-- Which of these the item has at all, so that a missing price can be explained.
seen as (
    select
        invoice_line_id,
        max(case when is_market then 1 else 0 end) = 1 as has_market,
        max(case when is_market and is_currency then 1 else 0 end) = 1 as has_currency
    from prices
    group by invoice_line_id
),

candidates as (
    select
        invoice_line_id,
        count(*) as candidate_count,
        count(distinct {{ hash_of(['currency', decimal_text('unit_price')]) }}) as price_count,
        min(currency) as currency,
        min(unit_price) as lowest_unit_price,
        max(unit_price) as highest_unit_price,
        count(distinct coalesce(segment, '')) > 1 as differs_by_segment,
        count(distinct coalesce(term_duration, '')) > 1 as differs_by_term,
        count(distinct coalesce(billing_plan, '')) > 1 as differs_by_plan,
        count(distinct {{ hash_of([decimal_text('tier_min'), decimal_text('tier_max')]) }}) > 1 as differs_by_tier
    from prices
    where is_market and is_currency and is_valid and is_term and unit_price is not null
    group by invoice_line_id
),

judged as (
    select
        charges.*,
        case when not sheets.has_landing then sheets.failure_reason end as failure_reason,
        candidates.candidate_count,
        candidates.currency as list_currency,
        candidates.lowest_unit_price,
        candidates.highest_unit_price,
        {{ blank_to_null(
            "case when candidates.differs_by_segment then 'segment ' else '' end"
            ~ " || case when candidates.differs_by_term then 'term ' else '' end"
            ~ " || case when candidates.differs_by_plan then 'plan ' else '' end"
            ~ " || case when candidates.differs_by_tier then 'tier' else '' end"
        ) }} as differs_by,
        case
            when charges.market is null then 'market_unknown'
            when charges.price_month is null then 'month_unknown'
            when charges.price_view is null then 'view_unknown'
            when not coalesce(sheets.has_landing, false) and sheets.failure_reason is not null then 'sheet_refused'
            when not coalesce(sheets.has_landing, false) then 'sheet_not_read'
            when seen.invoice_line_id is null then 'not_in_sheet'
            when not seen.has_market then 'other_market_only'
            when not seen.has_currency then 'other_currency_only'
            when candidates.invoice_line_id is null then 'not_valid_then'
            when candidates.price_count > 1 then 'ambiguous'
            when charges.billed_quantity is null or charges.fx_rate is null then 'not_computable'
            else 'found'
        end as price_status
    from charges
    left join sheets
        on
            charges.market = sheets.market
            and charges.price_view = sheets.price_view
            and charges.price_month = sheets.month
    left join seen on charges.invoice_line_id = seen.invoice_line_id
    left join candidates on charges.invoice_line_id = candidates.invoice_line_id
),

-- As the API bills licences, software and reservations: one unit in the billing currency, cut, times the quantity.
units as (
    select
        judged.*,
        case
            when price_status <> 'found' then null
            when list_currency = pricing_currency
                then {{ multiply_money('lowest_unit_price', 'fx_rate', 'currency_digits') }}
            else {{ truncate_to_currency('lowest_unit_price', 'currency_digits') }}
        end as list_unit_amount
    from judged
),

expected as (
    select
        units.*,
        cast(
            {{ sign_of('subtotal') }} * {{ multiply_decimals('list_unit_amount', 'billed_quantity') }}
            as {{ money_type() }}
        ) as expected_amount
    from units
)

select
    invoice_line_id,
    invoice_id,
    customer_id,
    order_item_id,
    product_id,
    sku_id,
    market,
    {{ as_text('price_view') }} as price_view,
    {{ as_text('price_month') }} as price_month,
    {{ as_text('price_status') }} as price_status,
    failure_reason,
    {{ as_count('coalesce(candidate_count, 0)') }} as candidate_count,
    case when price_status = 'ambiguous' then differs_by end as differs_by,
    list_currency,
    case when price_status = 'found' then lowest_unit_price end as list_unit_price,
    lowest_unit_price,
    highest_unit_price,
    effective_unit_price,
    pricing_currency,
    fx_rate,
    {{ as_rate('billed_quantity') }} as billed_quantity,
    currency,
    expected_amount,
    subtotal as charged_amount,
    {{ as_money('subtotal - expected_amount') }} as difference_amount,
    abs(subtotal - expected_amount) <= tolerance_amount as is_within_tolerance
from expected
