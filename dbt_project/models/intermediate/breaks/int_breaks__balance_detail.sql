-- Rule: the balance of an account is not the sum of the parts that come with it.
-- Grain: one row per currency of the latest reading that breaks the rule.
with balances as (
    select
        read_at,
        currency,
        invoice_type,
        currency_digits,
        balance_amount,
        accounting_at
    from {{ ref('int_balances') }}
    where is_latest
),

-- Either part may be left out; without any there is nothing to add up.
parts as (
    select
        read_at,
        currency,
        count(*) as part_count,
        sum(balance_amount) as parts_amount
    from balances
    where invoice_type <> 'total'
    group by read_at, currency
),

different as (
    select
        balances.currency,
        balances.currency_digits,
        balances.balance_amount,
        balances.accounting_at,
        balances.invoice_type,
        parts.part_count,
        parts.parts_amount,
        balances.balance_amount - parts.parts_amount as difference
    from balances
    inner join parts on balances.read_at = parts.read_at and balances.currency = parts.currency
    where balances.invoice_type = 'total'
        and balances.balance_amount <> parts.parts_amount
),

breaks as (
    select
        {{ break_row('balance_detail', 'currency', {
            'grain_key': 'currency',
            'subject_key': 'currency',
            'currency': 'currency',
            'invoice_type': 'invoice_type',
            'expected_amount': 'parts_amount',
            'actual_amount': 'balance_amount',
            'difference_amount': 'difference',
            'at_risk_amount': 'abs(difference)',
            'direction': "'exposure'",
            'business_at': 'accounting_at',
            'explanation': "'balance ' || " ~ amount_text('balance_amount', 'currency', 'currency_digits') ~ " || ', but the sum of '
                || " ~ count_text('part_count', 'part') ~ " || ' is ' || " ~ amount_text('parts_amount', 'currency', 'currency_digits') ~ "
                || " ~ at_risk_text('abs(difference)', 'currency', 'currency_digits')
        }) }}
    from different
)

select * from breaks
