-- Grain: one row per billed line of every provider and type. Every line is in exactly one bucket.
with lines as (
    select *
    from {{ ref('int_lines') }}
),

item_breaks as (
    select distinct order_item_id
    from {{ ref('int_breaks_at_issue') }}
    where order_item_id is not null and invoice_line_id is null
),

line_breaks as (
    select distinct invoice_line_id
    from {{ ref('int_breaks_at_issue') }}
    where invoice_line_id is not null
),

item_timing as (
    select
        order_item_id,
        timing_code
    from {{ ref('int_order_items') }}
    where timing_code is not null and timing_code <> 'before_horizon'
),

bucketed as (
    select
        lines.*,
        {{ as_time('null') }} as usage_at,
        {{ line_bucket() }} as bucket
    from lines
    left join item_breaks on lines.order_item_id = item_breaks.order_item_id
    left join line_breaks on lines.invoice_line_id = line_breaks.invoice_line_id
    left join item_timing on lines.order_item_id = item_timing.order_item_id
),

-- Daily usage explains other lines: it is matched with nothing and is no part of a total.
usage_rows as (
    select
        usage_lines.*,
        'daily_usage' as line_class,
        case when documents.is_counted is false then 'not_counted' else 'detail' end as bucket,
        {{ as_rate(signed_quantity('usage_lines.quantity', 'usage_lines.subtotal', 'usage_lines.charge_type')) }} as signed_quantity,
        {{ as_text('null') }} as match_pass,
        {{ as_text('null') }} as matched_order_id,
        {{ as_text('null') }} as suggested_order_id,
        {{ as_text('null') }} as order_item_id,
        {{ as_text('null') }} as charge_group_id,
        documents.period,
        documents.invoice_at,
        {{ as_money('null') }} as document_amount
    from {{ ref('int_usage_lines') }} as usage_lines
    left join {{ ref('int_documents') }} as documents on usage_lines.invoice_id = documents.invoice_id
)

select {{ invoice_line_columns() | join(', ') }} from bucketed
union all
select {{ invoice_line_columns() | join(', ') }} from usage_rows
