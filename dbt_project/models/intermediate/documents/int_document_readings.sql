-- Grain: one row per document that offers billing lines: whether all of them were read.
-- Usage rows explain other lines and carry no amount of the document, so they do not decide.
with kinds as (
    select distinct
        invoice_id,
        billing_provider,
        line_item_type
    from {{ ref('stg_partner_center__invoice_details') }}
    where line_item_type = 'billing'
),

ledger as (
    select
        invoice_id,
        billing_provider,
        line_item_type,
        has_landing,
        status
    from {{ ref('stg_partner_center__load_ledger') }}
    where endpoint = 'invoice_line_items'
),

readings as (
    select
        kinds.invoice_id,
        count(*) as kinds_count,
        sum(case when ledger.has_landing then 1 else 0 end) as read_count,
        sum(case when ledger.status = 'missing' then 1 else 0 end) as missing_count
    from kinds
    left join ledger
        on
            kinds.invoice_id = ledger.invoice_id
            and kinds.billing_provider = ledger.billing_provider
            and kinds.line_item_type = ledger.line_item_type
    group by kinds.invoice_id
)

select
    invoice_id,
    read_count = kinds_count as is_read,
    missing_count > 0 as is_unreadable
from readings
