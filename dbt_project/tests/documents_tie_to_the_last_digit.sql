-- Invariant: per counted document, the total is the sum of its buckets, amendment, rounding and unexplained rest.
with documents as (
    select
        invoice_id,
        currency,
        total_charges,
        matched_amount + matched_with_break_amount + suggested_amount + timing_amount + unmatched_amount
        + not_compared_amount + out_of_scope_amount + amendment_amount + rounding_amount + unexplained_amount
            as explained_amount
    from {{ ref('fct_invoices') }}
    where is_counted
)

select *
from documents
where total_charges is distinct from explained_amount
