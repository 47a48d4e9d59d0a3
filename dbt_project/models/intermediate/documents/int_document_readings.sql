-- Grain: one row per document that offers billing lines: whether all of them were read, and which were not.
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
        max(case when has_landing then 1 else 0 end) as has_landing
    from {{ ref('stg_partner_center__load_ledger') }}
    -- Whichever call or export served them.
    where invoice_id is not null and line_item_type is not null
    group by invoice_id, billing_provider, line_item_type
),

readings as (
    select
        kinds.invoice_id,
        count(*) as kinds_count,
        sum(coalesce(ledger.has_landing, 0)) as read_count,
        min(case when coalesce(ledger.has_landing, 0) = 0 then kinds.billing_provider end) as first_unread,
        max(case when coalesce(ledger.has_landing, 0) = 0 then kinds.billing_provider end) as last_unread
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
    -- A kind of lines that nobody asked for is as unread as one that was refused.
    read_count < kinds_count as is_unreadable,
    case when first_unread <> last_unread then first_unread || ' and ' || last_unread else first_unread end
        as unread_providers
from readings
