-- Grain: one row per billed line that only one of two readings has (`partition_id`, `former_walk_id`, `change`, `page`,
-- `item`): the newest reading, and a former one.
with changes as (
    select
        partition_id,
        former_walk_id,
        newest_walk_id,
        invoice_id,
        {{ provider_word('provider') }} as billing_provider,
        line_item_type,
        change,
        walk_id,
        page,
        item,
        customer_id,
        order_id,
        product_id,
        sku_id,
        charge_type,
        currency,
        quantity,
        subtotal,
        tax_total,
        total
    from {{ source('partner_center_raw', 'document_line_changes') }}
),

cleaned as (
    select
        partition_id,
        former_walk_id,
        newest_walk_id,
        {{ blank_to_null('invoice_id') }} as invoice_id,
        billing_provider,
        {{ fold_word('line_item_type') }} as line_item_type,
        change,
        walk_id,
        page,
        item,
        {{ fold_guid('customer_id') }} as customer_id,
        -- Ids of the former billing platform match nothing else.
        case when billing_provider = 'onetime' then {{ order_id('order_id') }} end as order_id,
        case
            when billing_provider = 'onetime' then {{ catalog_id('product_id') }}
            else {{ fold_guid('product_id') }}
        end as product_id,
        case
            when billing_provider = 'onetime' then {{ catalog_id('sku_id') }}
            else {{ blank_to_null('sku_id') }}
        end as sku_id,
        {{ blank_to_null('charge_type') }} as charge_type,
        quantity,
        subtotal,
        coalesce(tax_total, 0) as tax_total,
        total,
        upper({{ blank_to_null('currency') }}) as currency
    from changes
)

select * from cleaned
