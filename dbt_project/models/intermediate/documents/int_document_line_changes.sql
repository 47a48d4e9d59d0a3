-- Grain: one row per billed line that only one of two readings has: the former one of its list of lines, or the newest.
with pairs as (
    select
        partition_id,
        former_walk_id,
        newest_walk_id,
        former_line_count
    from {{ ref('int_document_reading_pairs') }}
    where is_changed
),

noted as (
    select
        changes.partition_id,
        changes.former_walk_id,
        changes.change,
        changes.walk_id,
        changes.page,
        changes.item,
        changes.invoice_id,
        changes.billing_provider,
        changes.line_item_type,
        changes.charge_type,
        changes.customer_id,
        changes.order_id,
        changes.product_id,
        changes.sku_id,
        changes.quantity,
        changes.subtotal,
        changes.tax_total,
        changes.total,
        changes.currency
    from {{ ref('stg_partner_center__document_line_changes') }} as changes
    inner join pairs
        on
            changes.partition_id = pairs.partition_id
            and changes.former_walk_id = pairs.former_walk_id
            and changes.newest_walk_id = pairs.newest_walk_id
),

-- A month may be closed on a reading without lines. Then every line is new, and none was noted: they are all here.
all_new as (
    select
        pairs.partition_id,
        pairs.former_walk_id,
        'added' as change,
        pairs.newest_walk_id as walk_id,
        lines._page as page,
        lines._position as item,
        lines.invoice_id,
        lines.billing_provider,
        lines.line_item_type,
        lines.charge_type,
        lines.customer_id,
        lines.order_id,
        lines.product_id,
        lines.sku_id,
        lines.quantity,
        lines.subtotal,
        lines.tax_total,
        lines.total,
        lines.currency
    from pairs
    inner join {{ ref('int_billed_lines') }} as lines on pairs.partition_id = lines._partition
    where pairs.former_line_count = 0
)

select * from noted
union all
select * from all_new
