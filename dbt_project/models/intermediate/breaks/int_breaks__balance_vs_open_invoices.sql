-- Rule: the balance of the account is not what the counted documents leave open, read in the same run.
-- Grain: one row per currency and invoice type of the latest reading that breaks the rule.
with balances as (
    select
        currency,
        invoice_type,
        currency_digits,
        balance_amount,
        open_invoices_amount,
        is_latest,
        is_exempt,
        accounting_at
    from {{ ref('int_balances') }}
),

different as (
    select
        *,
        currency || '|' || invoice_type as balance_key,
        balance_amount - coalesce(open_invoices_amount, 0) as difference
    from balances
    where is_latest
        and is_exempt is not true
        and balance_amount <> coalesce(open_invoices_amount, 0)
),

breaks as (
    select
        {{ break_row('balance_vs_open_invoices', 'balance', {
            'grain_key': 'balance_key',
            'subject_key': 'balance_key',
            'currency': 'currency',
            'invoice_type': 'invoice_type',
            'expected_amount': 'open_invoices_amount',
            'actual_amount': 'balance_amount',
            'difference_amount': 'difference',
            'at_risk_amount': 'abs(difference)',
            'direction': direction_by_sign('difference'),
            'business_at': 'accounting_at',
            'explanation': "'balance ' || " ~ amount_text('balance_amount', 'currency', 'currency_digits') ~ " || ' ('
                || invoice_type || '), open documents ' || " ~ amount_text('coalesce(open_invoices_amount, 0)', 'currency', 'currency_digits') ~ "
                || " ~ at_risk_text('abs(difference)', 'currency', 'currency_digits')
        }) }}
    from different
)

select * from breaks
