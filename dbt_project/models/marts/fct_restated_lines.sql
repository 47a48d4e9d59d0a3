-- Grain: one row per billed line that is gone from a counted document, or new on it, since the reading that counts as
-- the former one: the one that its closed month stands on, else the first that held lines.
with changes as (
    select *
    from {{ ref('int_document_line_changes') }}
),

documents as (
    select
        invoice_id,
        currency,
        period
    from {{ ref('int_documents') }}
    where is_counted
),

pairs as (
    select
        partition_id,
        closed_at,
        reference_at,
        newest_at
    from {{ ref('int_document_reading_pairs') }}
),

-- A line that is gone is no billed line any more.
identities as (
    select
        _partition,
        _page,
        _position,
        invoice_line_id
    from {{ ref('int_line_identities') }}
)

select
    {{ hash_of(['changes.partition_id', 'changes.former_walk_id', 'changes.change', 'changes.page', 'changes.item']) }} as restated_line_id,
    changes.invoice_id,
    changes.change,
    identities.invoice_line_id,
    changes.billing_provider,
    changes.line_item_type,
    changes.charge_type,
    changes.customer_id,
    changes.order_id,
    changes.product_id,
    changes.sku_id,
    {{ as_rate('changes.quantity') }} as quantity,
    {{ as_money('changes.subtotal') }} as subtotal,
    {{ as_money('changes.tax_total') }} as tax_total,
    {{ as_money('changes.total') }} as total,
    changes.currency,
    {{ as_money(
        "case when changes.currency = documents.currency then coalesce(changes.total, 0) else 0 end"
        ~ " * case changes.change when 'removed' then -1 else 1 end"
    ) }} as difference_amount,
    documents.period,
    pairs.closed_at is not null as is_closed,
    pairs.reference_at,
    pairs.newest_at as changed_at,
    changes.partition_id,
    changes.walk_id,
    {{ as_count('changes.page') }} as page,
    {{ as_count('changes.item') }} as item
from changes
inner join documents on changes.invoice_id = documents.invoice_id
inner join pairs on changes.partition_id = pairs.partition_id
left join identities
    on changes.change = 'added'
    and changes.partition_id = identities._partition
    and changes.page = identities._page
    and changes.item = identities._position
