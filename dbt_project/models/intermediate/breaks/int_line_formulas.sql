-- What the documented formula gives for each billed line that says enough for it.
-- Grain: one row per billed line of a counted document with price, billable quantity and exchange rate.
-- Usage is cut after price x quantity and again after the rate; everything else is cut once a unit.
{{ config(materialized='table') }}

with lines as (
    select
        lines.invoice_line_id,
        lines.invoice_id,
        lines.line_class,
        lines.order_item_id,
        lines.charge_group_id,
        lines.customer_id,
        lines.order_id,
        lines.resolved_order_id,
        lines.product_id,
        lines.sku_id,
        lines.subtotal,
        lines.effective_unit_price,
        lines.billable_quantity,
        lines.fx_rate,
        lines.fx_rate_at,
        lines.pricing_currency,
        lines.charge_start_at,
        lines.currency,
        lines.currency_digits,
        lines.tolerance_amount,
        lines.invoice_at,
        lines.period,
        coalesce(pricing.minor_digits, 2) as pricing_digits
    from {{ ref('int_lines') }} as lines
    left join {{ ref('currencies') }} as pricing on lines.pricing_currency = pricing.currency
    where lines.is_counted
        and lines.billing_provider = 'onetime'
        and lines.line_item_type = 'billing'
        and lines.effective_unit_price is not null
        and lines.billable_quantity is not null
        and lines.fx_rate is not null
),

-- Products first and cuts afterwards, each in a step of its own: nested they cost much more to plan.
products as (
    select
        *,
        {{ multiply_decimals('effective_unit_price', 'billable_quantity') }} as pricing_amount,
        {{ multiply_decimals('effective_unit_price', 'fx_rate') }} as billed_unit_price
    from lines
),

cut_once as (
    select
        *,
        {{ truncate_to_currency('pricing_amount', 'pricing_digits') }} as pricing_amount_cut,
        {{ truncate_to_currency('billed_unit_price', 'currency_digits') }} as billed_unit_price_cut
    from products
),

products_of_cuts as (
    select
        *,
        {{ multiply_decimals('pricing_amount_cut', 'fx_rate') }} as usage_amount,
        {{ multiply_decimals('billed_unit_price_cut', 'billable_quantity') }} as unit_amount
    from cut_once
),

formulas as (
    select
        *,
        case
            when line_class = 'usage' then {{ truncate_to_currency('usage_amount', 'currency_digits') }}
            else unit_amount
        end as formula_amount
    from products_of_cuts
),

-- Refunds come with either sign of their quantity; the sign of the subtotal is the one that counts.
signed as (
    select
        *,
        case
            when subtotal = 0 then formula_amount
            else {{ sign_of('subtotal') }} * abs(formula_amount)
        end as expected_subtotal,
        case
            when subtotal = 0 then pricing_amount
            else {{ sign_of('subtotal') }} * abs(pricing_amount)
        end as signed_pricing_amount
    from formulas
)

select
    invoice_line_id,
    invoice_id,
    line_class,
    order_item_id,
    charge_group_id,
    customer_id,
    order_id,
    resolved_order_id,
    product_id,
    sku_id,
    subtotal,
    effective_unit_price,
    billable_quantity,
    fx_rate,
    fx_rate_at,
    pricing_currency,
    charge_start_at,
    currency,
    currency_digits,
    tolerance_amount,
    invoice_at,
    period,
    {{ as_money('signed_pricing_amount') }} as pricing_amount,
    {{ as_money('expected_subtotal') }} as expected_subtotal
from signed
