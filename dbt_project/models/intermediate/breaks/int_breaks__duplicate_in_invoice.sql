-- Rule: equal purchase lines stand in one invoice, and more is charged than ordered.
-- Grain: one row per surplus line: the fewest, highest occurrence first, that make up the surplus.
with charges as (
    select
        invoice_line_id,
        invoice_id,
        line_hash,
        occurrence_number,
        order_item_id,
        charge_group_id,
        customer_id,
        coalesce(resolved_order_id, order_id) as order_id,
        product_id,
        sku_id,
        signed_quantity,
        total,
        currency,
        currency_digits,
        invoice_at,
        period,
        count(*) over (partition by invoice_id, line_hash) as equal_count,
        sum(signed_quantity) over (partition by invoice_id, line_hash) as equal_quantity,
        sum(signed_quantity) over (
            partition by invoice_id, line_hash
            order by occurrence_number desc
            rows between unbounded preceding and 1 preceding
        ) as quantity_before
    from {{ ref('int_lines') }}
    where is_charge
        and signed_quantity > 0
),

surplus as (
    {{ surplus_of_charge_groups() }}
),

-- A line is a surplus one while the equal lines after it do not make up the surplus; one line always stays.
duplicates as (
    select
        charges.*,
        surplus.expected_quantity,
        surplus.net_quantity,
        abs(charges.total) as at_risk
    from charges
    inner join surplus on charges.charge_group_id = surplus.charge_group_id
    where charges.equal_count >= 2
        and coalesce(charges.quantity_before, 0) < least(charges.equal_quantity - charges.signed_quantity, surplus.surplus_quantity)
),

breaks as (
    select
        {{ break_row('duplicate_in_invoice', 'line', with_columns(line_keys(), {
            'expected_amount': '0',
            'actual_amount': 'total',
            'difference_amount': 'total',
            'expected_quantity': 'expected_quantity',
            'actual_quantity': 'net_quantity',
            'at_risk_amount': 'at_risk',
            'direction': "'over'",
            'explanation': "'the same line stands ' || " ~ as_text('equal_count') ~ " || ' times in invoice ' || invoice_id
                || ', charged ' || " ~ quantity_text('net_quantity') ~ " || ', ordered ' || " ~ quantity_text('expected_quantity') ~ "
                || " ~ at_risk_text('at_risk', 'currency', 'currency_digits')
        })) }}
    from duplicates
)

select * from breaks
