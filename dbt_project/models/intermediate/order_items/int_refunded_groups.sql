-- Grain: one row per charge group with refunds: how much came back, and on which documents. Amounts are positive.
-- Money of several billing currencies has no sum: the amounts are those of the group's main currency.
with lines as (
    select
        charge_group_id,
        invoice_id,
        invoice_at,
        currency,
        abs(signed_quantity) as quantity,
        abs(subtotal) as subtotal,
        abs(total) as total,
        coalesce(pricing_currency, currency) as pricing_currency,
        abs({{ pricing_amount() }}) as pricing_amount,
        row_number() over (
            partition by charge_group_id order by invoice_at asc nulls last, invoice_id asc, invoice_line_id asc
        ) as first_position,
        row_number() over (
            partition by charge_group_id order by invoice_at desc nulls last, invoice_id desc, invoice_line_id desc
        ) as last_position
    from {{ ref('int_lines') }}
    where is_charge and subtotal < 0
),

refunds as (
    select
        lines.*,
        lines.currency = main_parts.currency as is_main_currency
    from lines
    inner join {{ ref('int_charge_group_currencies') }} as main_parts
        on lines.charge_group_id = main_parts.charge_group_id and main_parts.is_main_currency
)

select
    charge_group_id,
    {{ as_count('count(*)') }} as refund_count,
    {{ as_rate('sum(quantity)') }} as refunded_quantity,
    {{ as_money('sum(case when is_main_currency then subtotal else 0 end)') }} as refunded_subtotal,
    {{ as_money('sum(case when is_main_currency then total else 0 end)') }} as refunded_total,
    {{ as_count('sum(case when is_main_currency then 0 else 1 end)') }} as other_currency_count,
    case when min(pricing_currency) = max(pricing_currency) then min(pricing_currency) end as pricing_currency,
    {{ as_money('case when min(pricing_currency) = max(pricing_currency) and count(pricing_amount) = count(*) then sum(pricing_amount) end') }}
        as refunded_pricing_amount,
    {{ as_count('count(distinct invoice_id)') }} as invoice_count,
    max(case when first_position = 1 then invoice_id end) as first_invoice_id,
    max(case when last_position = 1 then invoice_id end) as last_invoice_id,
    min(invoice_at) as first_refund_at,
    max(invoice_at) as last_refund_at
from refunds
group by charge_group_id
