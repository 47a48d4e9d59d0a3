-- Rule: a billed line has no class or belongs to no known document, so no bucket can take it. Must never occur.
-- Grain: one row per line that breaks the rule.
with lines as (
    select
        invoice_line_id,
        invoice_id,
        line_class,
        order_item_id,
        charge_group_id,
        customer_id,
        order_id,
        product_id,
        sku_id,
        total,
        currency,
        currency_digits,
        is_counted,
        is_document_known,
        invoice_at,
        period
    from {{ ref('int_lines') }}
),

unclassified as (
    select
        *,
        abs(total) as at_risk
    from lines
    where is_counted is null
        or is_document_known = false
        or (
            is_counted
            and coalesce(line_class, '') not in (
                'daily_usage', 'license', 'legacy_usage', 'adjustment', 'one_time', 'usage', 'recurring'
            )
        )
),

breaks as (
    select
        {{ break_row('unclassified', 'line', with_columns(line_keys(), {
            'actual_amount': 'total',
            'at_risk_amount': 'at_risk',
            'direction': "'exposure'",
            'explanation': "'a line of ' || " ~ amount_text('total', 'currency', 'currency_digits') ~ "
                || case
                    when is_document_known = false then ' belongs to no known document'
                    else ' is in no bucket: its class is ' || coalesce(line_class, 'unknown')
                end
                || " ~ at_risk_text('at_risk', 'currency', 'currency_digits')
        })) }}
    from unclassified
)

select * from breaks
