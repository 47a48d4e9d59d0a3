-- Rule: in a country with one tax rate, the tax of a line is off the rate of its invoice.
-- Grain: one row per line that breaks the rule.
with taxed as (
    select
        invoice_line_id,
        invoice_id,
        order_item_id,
        charge_group_id,
        customer_id,
        coalesce(resolved_order_id, order_id) as order_id,
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
        {{ multiply_decimals('taxed.subtotal', "cast(preferred.tax_permille as decimal(9, 0)) * cast('0.001' as decimal(4, 3))") }} as expected
    from taxed
    inner join preferred
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
),

outliers as (
    select *
    from allowed
    where abs(difference) > tolerance_amount
        and abs(difference) > relative_allowance
),

breaks as (
    select
        {{ break_row('tax_rate_outlier', 'line', with_columns(line_keys(), {
            'expected_amount': 'expected',
            'actual_amount': 'tax_total',
            'difference_amount': 'difference',
            'at_risk_amount': 'abs(difference)',
            'direction': direction_by_sign('difference'),
            'explanation': "'tax ' || " ~ amount_text('tax_total', 'currency', 'currency_digits') ~ " || ' on '
                || " ~ amount_text('subtotal', 'currency', 'currency_digits') ~ " || ', but most lines of the invoice in '
                || customer_country || ' carry ' || " ~ permille_text('usual_permille') ~ "
                || " ~ at_risk_text('abs(difference)', 'currency', 'currency_digits')
        })) }}
    from outliers
)

select * from breaks
