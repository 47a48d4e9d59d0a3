-- Taxes of single-rate countries beside the rate that most money of their invoice carries.
-- Grain: one row per billed line of a counted document, of a country with one tax rate and with a subtotal.
{{ config(materialized='table') }}

with taxed as (
    select
        invoice_line_id,
        invoice_id,
        order_item_id,
        charge_group_id,
        customer_id,
        order_id,
        resolved_order_id,
        product_id,
        sku_id,
        subtotal,
        tax_total,
        customer_country,
        {{ rate_in_permille('tax_total', 'subtotal') }} as tax_permille,
        currency,
        currency_digits,
        tolerance_amount,
        invoice_at,
        period
    from {{ ref('int_lines') }}
    where is_counted
        and line_item_type = 'billing'
        and subtotal <> 0
        and customer_country in (select country from {{ ref('tax_countries') }} where is_single_rate)
),

by_rate as (
    select
        invoice_id,
        customer_country,
        tax_permille,
        sum(abs(subtotal)) as taxed_amount,
        sum(count(*)) over (partition by invoice_id, customer_country) as line_count
    from taxed
    group by invoice_id, customer_country, tax_permille
),

-- The rate of most money of the invoice in that country; of two with the same money the lower one.
preferred as (
    select
        invoice_id,
        customer_country,
        tax_permille,
        row_number() over (
            partition by invoice_id, customer_country
            order by taxed_amount desc, tax_permille asc
        ) as preference
    from by_rate
    where line_count >= 5
),

rated as (
    select
        taxed.*,
        preferred.tax_permille as usual_permille,
        {{ multiply_decimals('taxed.subtotal', permille_rate('preferred.tax_permille')) }} as expected
    from taxed
    left join preferred
        on taxed.invoice_id = preferred.invoice_id
        and taxed.customer_country = preferred.customer_country
        and preferred.preference = 1
),

allowed as (
    select
        *,
        tax_total - expected as difference,
        {{ multiply_decimals('abs(subtotal)', "cast('0.005' as decimal(4, 3))") }} as relative_allowance
    from rated
)

select
    invoice_line_id,
    invoice_id,
    order_item_id,
    charge_group_id,
    customer_id,
    order_id,
    resolved_order_id,
    product_id,
    sku_id,
    subtotal,
    tax_total,
    customer_country,
    currency,
    currency_digits,
    invoice_at,
    period,
    {{ as_count('tax_permille') }} as tax_permille,
    {{ as_count('usual_permille') }} as usual_permille,
    {{ as_money('expected') }} as expected_tax,
    {{ as_money('difference') }} as difference_amount,
    {{ as_money('case when relative_allowance > tolerance_amount then relative_allowance else tolerance_amount end') }} as allowed_amount
from allowed
