-- Opening, movements and remainder make up the closing balance, to the last digit; and the movements are exactly what
-- the open documents changed by, so that the remainder is nothing but the change of what no document explains.
with rolled as (
    select
        *,
        lag(open_documents_amount) over (partition by currency, invoice_type order by closing_at asc) as former_open_documents_amount
    from {{ ref('fct_balance_rollforward') }}
)

select
    currency,
    invoice_type,
    closing_at,
    remainder_amount
from rolled
where opening_at is not null
    and (
        opening_amount + new_documents_amount - payments_amount + amended_amount + voided_amount + remainder_amount
        is distinct from closing_amount
        or new_documents_amount - payments_amount + amended_amount + voided_amount
        is distinct from open_documents_amount - former_open_documents_amount
    )
