-- Grain: one row per order item that was charged in one pricing currency and reduced: what a refund of a unit ought to
-- be, by the day on which the order was reduced, and what was refunded. In the pricing currency, without rates.
with charges as (
    select
        order_item_id,
        case when subtotal > 0 then 'purchase' when subtotal < 0 then 'refund' end as direction,
        abs(signed_quantity) as units,
        abs(billable_quantity) as billed_units,
        effective_unit_price,
        coalesce(pricing_currency, currency) as pricing_currency,
        currency,
        -- Where nothing is converted no rate counts; a conversion without its rate is not known.
        case when coalesce(pricing_currency, currency) = currency then 1 else fx_rate end as fx_rate,
        reservation_order_id,
        order_at,
        abs({{ pricing_amount() }}) as pricing_amount,
        row_number() over (
            partition by order_item_id, case when subtotal > 0 then 0 else 1 end
            order by invoice_at desc nulls last, order_at desc nulls last, invoice_line_id desc
        ) as recency
    from {{ ref('int_lines') }}
    where is_charge and order_item_id is not null
),

per_item as (
    select
        order_item_id,
        max(pricing_currency) as pricing_currency,
        sum(case when direction = 'refund' then units else 0 end) as refunded_quantity,
        sum(case when direction = 'refund' then pricing_amount else 0 end) as refunded_amount,
        max(case when direction = 'refund' then order_at end) as last_refund_at,
        -- Of several prices the lowest: a refund of that much per unit is not short.
        min(case when direction = 'purchase' then effective_unit_price end) as purchase_price,
        -- The rate of one billing currency says nothing of another one.
        case
            when min(currency) = max(currency) then max(case when direction = 'purchase' and recency = 1 then fx_rate end)
        end as fx_rate,
        case when count(reservation_order_id) > 0 then 'reservation' else 'software' end as product_kind
    from charges
    group by order_item_id
    having
        min(pricing_currency) = max(pricing_currency)
        and count(pricing_amount) = count(*)
        -- Where not every unit is billed as one, a price is not that of a unit.
        and max(case when billed_units <> units then 1 else 0 end) = 0
),

reductions as (
    select
        per_item.order_item_id,
        -- A time that was only assumed gives way to that of the refund, if that is later.
        case
            when windows.is_reduction_assumed and per_item.last_refund_at > windows.reduced_at then per_item.last_refund_at
            else windows.reduced_at
        end as reduced_at
    from per_item
    inner join {{ ref('int_order_item_windows') }} as windows on per_item.order_item_id = windows.order_item_id
    where windows.was_ever_reduced
),

dated as (
    select
        per_item.*,
        coalesce(currencies.minor_digits, 2) as pricing_digits,
        reductions.reduced_at <= {{ add_hours('expectations.created_at', '24 * refund_terms.full_refund_days') }} as is_full,
        refund_terms.then_rule = 'pro_rata_days' as is_by_days,
        {{ days_between('expectations.created_at', 'expectations.term_ends_at') }} as term_days,
        -- The first and the last day count as used: a day more or less is no finding.
        {{ days_between('expectations.created_at', 'reductions.reduced_at') }} + 1 as used_days
    from per_item
    inner join reductions on per_item.order_item_id = reductions.order_item_id
    inner join {{ ref('int_order_item_expectations') }} as expectations
        on per_item.order_item_id = expectations.order_item_id
    inner join {{ ref('refund_terms') }} as refund_terms on per_item.product_kind = refund_terms.product_kind
    left join {{ ref('currencies') }} as currencies on per_item.pricing_currency = currencies.currency
),

per_unit as (
    select
        *,
        case
            when is_full then purchase_price
            when is_by_days and used_days >= term_days then 0
            when is_by_days and term_days > 0 and used_days >= 0
                then {{ share_of_days('purchase_price', 'term_days - used_days', 'term_days') }}
        end as unit_refund
    from dated
),

cut_to_units as (
    select
        *,
        {{ truncate_to_currency('unit_refund', 'pricing_digits') }} as cut_unit_refund
    from per_unit
)

select
    order_item_id,
    pricing_currency,
    {{ as_count('pricing_digits') }} as pricing_digits,
    {{ as_rate('refunded_quantity') }} as refunded_quantity,
    {{ as_money('refunded_amount') }} as refunded_amount,
    {{ multiply_decimals('cut_unit_refund', 'refunded_quantity') }} as expected_refund_amount,
    {{ as_money('cut_unit_refund') }} as unit_refund_amount,
    {{ as_rate('fx_rate') }} as fx_rate
from cut_to_units
