-- A rule about single lines breaks exactly where a proof is out of its tolerance, by the same amount.
with failed as (
    select
        invoice_line_id,
        proof,
        difference_amount
    from {{ ref('fct_line_proofs') }}
    where not within_tolerance
),

found as (
    select
        invoice_line_id,
        case break_code
            when 'line_formula' then 'formula'
            when 'line_total' then 'total'
            when 'tax_rate_outlier' then 'tax_rate'
            else 'fx_rate'
        end as proof,
        difference_amount
    from {{ ref('int_breaks_found') }}
    where break_code in ('line_formula', 'line_total', 'tax_rate_outlier', 'fx_rate_inconsistent', 'fx_rate_identity')
)

select
    coalesce(failed.invoice_line_id, found.invoice_line_id) as invoice_line_id,
    coalesce(failed.proof, found.proof) as proof,
    failed.difference_amount as proof_amount,
    found.difference_amount as break_amount
from failed
full join found
    on failed.invoice_line_id = found.invoice_line_id and failed.proof = found.proof
where failed.difference_amount is distinct from found.difference_amount
    or failed.invoice_line_id is null
    or found.invoice_line_id is null
