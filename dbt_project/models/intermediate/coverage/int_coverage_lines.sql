-- Grain: one row per period, currency, kind of line or document, and reason: what of the bills was compared with what.
with lines as (
    select
        lines.period,
        lines.currency,
        lines.billing_provider || ' ' || lines.line_item_type || ' ' || lines.line_class as part,
        case
            when lines.bucket = 'not_compared' then coalesce(failures.reason, 'orders or entitlements of the customer were not read')
            -- No rule about quantity, price or credit looks at these, so their match compares nothing.
            when lines.line_class = 'one_time' and charge_groups.is_before_horizon then 'ordered before the first month that was loaded'
            when lines.line_class = 'one_time' and not items.is_one_time then 'its order is not a one-time order'
            when lines.line_class = 'one_time' then null
            when lines.line_class = 'daily_usage' then 'explains other lines and is no part of a total'
            when lines.line_class = 'recurring' and lines.order_item_id is null then 'recurring, not checked with an order'
            when lines.line_class = 'usage' then 'usage has daily rows and no order'
            when lines.line_class = 'adjustment' then 'an adjustment has no order'
            else 'legacy lines have no order'
        end as reason,
        case when lines.bucket = 'not_compared' then failures.partition_id end as partition_id,
        lines.total
    from {{ ref('fct_invoice_lines') }} as lines
    left join {{ ref('int_coverage_failures') }} as failures on lines.customer_id = failures.customer_id
    left join {{ ref('int_charge_groups') }} as charge_groups on lines.charge_group_id = charge_groups.charge_group_id
    left join {{ ref('int_order_items') }} as items on lines.order_item_id = items.order_item_id
    where lines.bucket <> 'not_counted'
),

documents as (
    select
        documents.period,
        documents.currency,
        coalesce(documents.invoice_type, 'unknown type') as part,
        case
            when documents.is_unreadable then 'lines of ' || coalesce(documents.unread_providers, 'an unknown provider') || ' were not read'
            when not documents.has_invoice_details then 'the document offers no lines'
        end as reason,
        unread.partition_id,
        documents.total_charges,
        coalesce(statements.statement_status, 'not_downloaded') as statement_status
    from {{ ref('int_documents') }} as documents
    left join {{ ref('int_document_statements') }} as statements on documents.invoice_id = statements.invoice_id
    left join (
        select
            invoice_id,
            min(partition_id) as partition_id
        from {{ ref('stg_partner_center__load_ledger') }}
        where line_item_type = 'billing' and not is_complete
        group by invoice_id
    ) as unread on documents.invoice_id = unread.invoice_id and documents.is_unreadable
    where documents.is_counted
),

usage_explained as (
    select
        documents.period,
        usage.currency,
        usage.billing_provider,
        usage.coverage,
        usage.invoiced_line_count,
        usage.invoiced_amount
    from {{ ref('fct_usage_explanation') }} as usage
    left join {{ ref('int_documents') }} as documents on usage.invoice_id = documents.invoice_id
),

gathered as (
    select {{ coverage_row({
        'period': 'period', 'currency': 'currency', 'kind': "'lines'", 'part': 'part', 'compared_with': "'orders and entitlements'",
        'not_compared_reason': 'reason', 'partition_id': 'partition_id', 'row_count': 'count(*)', 'amount': 'sum(total)'
    }) }}
    from lines
    group by period, currency, part, reason, partition_id

    union all

    select {{ coverage_row({
        'period': 'period', 'currency': 'currency', 'kind': "'documents'", 'part': 'part', 'compared_with': "'their lines'",
        'not_compared_reason': 'reason', 'partition_id': 'partition_id', 'row_count': 'count(*)', 'amount': 'sum(total_charges)'
    }) }}
    from documents
    group by period, currency, part, reason, partition_id

    union all

    select {{ coverage_row({
        'period': 'period', 'currency': 'currency', 'kind': "'statements'", 'part': 'part', 'compared_with': "'totals of documents'",
        'not_compared_reason': "case statement_status when 'read' then null when 'not_downloaded' then 'not downloaded'"
            ~ " when 'outdated' then 'older than the document as it is now' else 'the total could not be read' end",
        'row_count': 'count(*)', 'amount': 'sum(total_charges)'
    }) }}
    from documents
    group by period, currency, part, statement_status

    union all

    select {{ coverage_row({
        'period': 'period', 'currency': 'currency', 'kind': "'usage'", 'part': 'billing_provider', 'compared_with': "'daily usage'",
        'not_compared_reason': "case when coverage = 'no_usage_read' then 'daily usage was not read' end",
        'row_count': 'sum(invoiced_line_count)', 'amount': 'sum(invoiced_amount)'
    }) }}
    from usage_explained
    group by period, currency, billing_provider, case when coverage = 'no_usage_read' then 'daily usage was not read' end
)

select * from gathered
