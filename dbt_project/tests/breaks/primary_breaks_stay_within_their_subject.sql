-- What primary breaks add up to never exceeds the money of their subject: of an order item the greatest of what
-- was charged, ordered and delivered; of a document its total, its lines, what they were before, or what its
-- statement prints; of a line or charge group its charges, where a tax with the wrong sign is off by twice itself.
with primary_breaks as (
    select
        subject_key,
        currency,
        sum(at_risk_amount) as at_risk_amount
    from {{ ref('fct_breaks') }}
    where is_primary
        and grain in ('charge_group', 'order_item', 'line', 'document')
    group by subject_key, currency
),

lines as (
    select
        coalesce(order_item_id, charge_group_id, invoice_line_id) as subject_key,
        sum(abs(total) + abs(coalesce(subtotal, 0)) + 2 * abs(tax_total)) as amount
    from {{ ref('int_lines') }}
    group by coalesce(order_item_id, charge_group_id, invoice_line_id)
),

order_items as (
    select
        order_item_id as subject_key,
        abs(coalesce(expected_amount, 0)) + coalesce({{ multiply_decimals('unit_amount', '(abs(coalesce(expected_quantity, 0)) + abs(coalesce(charged_quantity, 0)) + abs(coalesce(entitled_quantity, 0)))') }}, 0) as amount
    from {{ ref('int_order_items') }}
),

documents as (
    select
        documents.invoice_id as subject_key,
        abs(documents.total_charges) + abs(coalesce(documents.lines_total, 0))
        + abs(coalesce(documents.amendment_amount, 0)) + abs(coalesce(restatements.former_total, 0))
        + abs(coalesce(former_totals.former_total_charges, 0))
        + abs(coalesce(statements.statement_total, 0)) as amount
    from {{ ref('int_documents') }} as documents
    left join {{ ref('int_document_restatements') }} as restatements
        on documents.invoice_id = restatements.invoice_id
    left join {{ ref('int_document_former_totals') }} as former_totals
        on documents.invoice_id = former_totals.invoice_id
    left join {{ ref('int_document_statements') }} as statements
        on documents.invoice_id = statements.invoice_id
),

money as (
    select subject_key, sum(amount) as amount
    from (
        select subject_key, amount from lines
        union all
        select subject_key, amount from order_items
        union all
        select subject_key, amount from documents
    ) as parts
    group by subject_key
)

select
    primary_breaks.subject_key,
    primary_breaks.at_risk_amount,
    money.amount
from primary_breaks
left join money on primary_breaks.subject_key = money.subject_key
where primary_breaks.at_risk_amount > coalesce(money.amount, 0)
