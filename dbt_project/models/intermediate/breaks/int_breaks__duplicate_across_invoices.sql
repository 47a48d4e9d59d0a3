-- Rule: equal purchase lines stand in several invoices that do not amend each other, and more is charged than ordered.
-- Grain: one row per surplus line of the later invoices: the fewest, latest first, that make up the surplus.
with chains as (
    {{ amendment_chains() }}
),

surplus as (
    {{ surplus_of_charge_groups() }}
),

charges as (
    select
        charges.invoice_line_id,
        charges.invoice_id,
        charges.occurrence_number,
        charges.order_item_id,
        charges.charge_group_id,
        charges.customer_id,
        coalesce(charges.resolved_order_id, charges.order_id) as order_id,
        charges.product_id,
        charges.sku_id,
        charges.signed_quantity,
        charges.total,
        charges.currency,
        charges.currency_digits,
        charges.invoice_at,
        charges.period,
        chains.chain_id,
        {{ hash_of([
            'charges.charge_group_id', fold_word('charges.charge_type'), 'coalesce(charges.charge_start_at, charges.order_at)',
            'charges.charge_end_at', 'charges.signed_quantity', 'charges.total', 'charges.currency'
        ]) }} as equal_key
    from {{ ref('int_lines') }} as charges
    inner join chains on charges.invoice_id = chains.invoice_id
    where charges.is_charge
        and charges.signed_quantity > 0
),

equal_charges as (
    select
        *,
        first_value(chain_id) over (partition by equal_key order by invoice_at, invoice_id, invoice_line_id) as first_chain_id,
        first_value(invoice_id) over (partition by equal_key order by invoice_at, invoice_id, invoice_line_id) as first_invoice_id,
        sum(signed_quantity) over (partition by equal_key) as equal_quantity
    from charges
),

-- What stands in the first invoice (and its amendments) stays; the latest lines go first.
later_charges as (
    select
        *,
        coalesce(sum(signed_quantity) over (
            partition by equal_key
            order by invoice_at desc, invoice_id desc, occurrence_number desc, invoice_line_id desc
            rows between unbounded preceding and 1 preceding
        ), 0) as quantity_before
    from equal_charges
    where chain_id <> first_chain_id
),

duplicates as (
    select
        later_charges.*,
        surplus.expected_quantity,
        surplus.net_quantity,
        abs(later_charges.total) as at_risk
    from later_charges
    inner join surplus on later_charges.charge_group_id = surplus.charge_group_id
    where later_charges.quantity_before < least(later_charges.equal_quantity - later_charges.signed_quantity, surplus.surplus_quantity)
),

breaks as (
    select
        {{ break_row('duplicate_across_invoices', 'line', with_columns(line_keys(), {
            'expected_amount': '0',
            'actual_amount': 'total',
            'difference_amount': 'total',
            'expected_quantity': 'expected_quantity',
            'actual_quantity': 'net_quantity',
            'at_risk_amount': 'at_risk',
            'direction': "'over'",
            'explanation': "'the same charge stands in invoice ' || first_invoice_id || ' and again in ' || invoice_id
                || ', charged ' || " ~ quantity_text('net_quantity') ~ " || ', ordered ' || " ~ quantity_text('expected_quantity') ~ "
                || " ~ at_risk_text('at_risk', 'currency', 'currency_digits')
        })) }}
    from duplicates
)

select * from breaks
