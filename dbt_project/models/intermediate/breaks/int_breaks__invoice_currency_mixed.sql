-- Rule: a line is in another currency than its document.
-- Grain: one row per line that breaks the rule.
with mixed as (
    select
        invoice_line_id,
        invoice_id,
        order_item_id,
        charge_group_id,
        customer_id,
        coalesce(resolved_order_id, order_id) as order_id,
        product_id,
        sku_id,
        document_currency,
        total,
        abs(total) as at_risk,
        currency,
        currency_digits,
        tolerance_amount,
        invoice_at,
        period
    from {{ ref('int_lines') }}
    where is_counted
        and line_item_type = 'billing'
        and document_currency is not null
        and currency <> document_currency
),

breaks as (
    select
        {{ break_row('invoice_currency_mixed', 'line', with_columns(line_keys(), {
            'actual_amount': 'total',
            'at_risk_amount': 'at_risk',
            'direction': "'exposure'",
            'explanation': "'a line of ' || " ~ amount_text('total', 'currency', 'currency_digits')
                ~ " || ' on a document in ' || document_currency
                || " ~ at_risk_text('at_risk', 'currency', 'currency_digits')
        })) }}
    from mixed
)

select * from breaks
