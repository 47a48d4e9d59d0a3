-- Grain: one row per document with lines: what its lines add up to, in the document's own currency, with tax and
-- with the legacy lines before tax. Usage rows explain other lines and are not part of a total.
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
        lines.invoice_id,
        coalesce(lines.currency, '') = coalesce(documents.currency, '') as is_own_currency,
        {{ is_legacy_provider('lines.billing_provider') }} as is_legacy,
        lines.total,
        case when {{ is_legacy_provider('lines.billing_provider') }} then lines.subtotal else lines.total end as pre_tax_total,
        coalesce(currencies.minor_digits, 2) as currency_digits
    from {{ ref('int_billed_lines') }} as lines
    left join documents on lines.invoice_id = documents.invoice_id
    left join currencies on documents.currency = currencies.currency
    where lines.line_item_type = 'billing'
),

cut as (
    select
        *,
        {{ truncate_to_currency('total', 'currency_digits') }} <> total as has_excess_decimals,
        {{ truncate_to_currency('pre_tax_total', 'currency_digits') }} <> pre_tax_total as has_excess_decimals_pre_tax
    from lines
),

totals as (
    select
        invoice_id,
        count(*) as line_count,
        sum(case when is_own_currency then 0 else 1 end) as other_currency_count,
        sum(case when is_own_currency and is_legacy then 1 else 0 end) as legacy_count,
        sum(case when is_own_currency then total else 0 end) as lines_total,
        sum(case when is_own_currency then pre_tax_total else 0 end) as lines_pre_tax_total,
        sum(case when is_own_currency and has_excess_decimals then 1 else 0 end) as lines_with_excess_decimals,
        sum(case when is_own_currency and has_excess_decimals_pre_tax then 1 else 0 end)
            as lines_with_excess_decimals_pre_tax
    from cut
    group by invoice_id
)

select
    invoice_id,
    {{ as_count('line_count') }} as line_count,
    {{ as_count('other_currency_count') }} as other_currency_count,
    {{ as_count('legacy_count') }} as legacy_count,
    {{ as_money('lines_total') }} as lines_total,
    {{ as_money('lines_pre_tax_total') }} as lines_pre_tax_total,
    {{ as_count('lines_with_excess_decimals') }} as lines_with_excess_decimals,
    {{ as_count('lines_with_excess_decimals_pre_tax') }} as lines_with_excess_decimals_pre_tax
from totals
