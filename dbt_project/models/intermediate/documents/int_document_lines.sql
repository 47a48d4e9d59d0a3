-- Grain: one row per document with lines: what its lines add up to, in the document's own currency.
-- Usage rows explain other lines and are not part of a total.
with documents as (
    select
        invoice_id,
        currency
    from {{ ref('int_document_versions') }}
),

currencies as (
    select
        currency,
        minor_digits
    from {{ ref('currencies') }}
),

lines as (
    select
        invoice_id,
        currency,
        total
    from {{ ref('stg_partner_center__invoice_line_items') }}
    where line_item_type = 'billing'
),

totals as (
    select
        lines.invoice_id,
        count(*) as line_count,
        sum(case when lines.currency = documents.currency then lines.total else 0 end) as lines_total,
        sum(
            case
                when lines.currency is distinct from documents.currency then 0
                when {{ truncate_to_currency('lines.total', 'coalesce(currencies.minor_digits, 2)') }} <> lines.total then 1
                else 0
            end
        ) as lines_with_excess_decimals
    from lines
    left join documents on lines.invoice_id = documents.invoice_id
    left join currencies on documents.currency = currencies.currency
    group by lines.invoice_id
)

select
    invoice_id,
    {{ as_count('line_count') }} as line_count,
    {{ as_money('lines_total') }} as lines_total,
    {{ as_count('lines_with_excess_decimals') }} as lines_with_excess_decimals
from totals
