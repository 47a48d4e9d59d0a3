-- Rule: in a country with one tax rate, the tax of a line is off the rate of its invoice.
-- Grain: one row per line that breaks the rule.
with outliers as (
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
        usual_permille,
        expected_tax,
        difference_amount,
        currency,
        currency_digits,
        invoice_at,
        period
    from {{ ref('int_line_taxes') }}
    where abs(difference_amount) > allowed_amount
),

breaks as (
    select
        {{ break_row('tax_rate_outlier', 'line', with_columns(line_keys(), {
            'expected_amount': 'expected_tax',
            'actual_amount': 'tax_total',
            'difference_amount': 'difference_amount',
            'at_risk_amount': 'abs(difference_amount)',
            'direction': direction_by_sign('difference_amount'),
            'explanation': "'tax ' || " ~ amount_text('tax_total', 'currency', 'currency_digits') ~ " || ' on '
                || " ~ amount_text('subtotal', 'currency', 'currency_digits') ~ " || ', but most lines of the invoice in '
                || customer_country || ' carry ' || " ~ permille_text('usual_permille') ~ "
                || " ~ at_risk_text('abs(difference_amount)', 'currency', 'currency_digits')
        })) }}
    from outliers
)

select * from breaks
