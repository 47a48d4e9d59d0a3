-- Grain: one row per document, each counted once by id, void ones not at all.
with versions as (
    select
        invoice_id,
        invoice_at,
        period_start_at,
        period_end_at,
        total_charges,
        paid_amount,
        currency,
        document_type,
        amends_of,
        invoice_type,
        state,
        has_invoice_details
    from {{ ref('int_document_versions') }}
),

voided_by_note as (
    select distinct amends_of as invoice_id
    from {{ ref('int_document_versions') }}
    where document_type = 'void_note' and amends_of is not null
),

described as (
    select
        versions.invoice_id,
        versions.document_type,
        versions.invoice_type,
        versions.amends_of,
        versions.currency,
        versions.invoice_at,
        versions.period_start_at,
        versions.period_end_at,
        versions.total_charges,
        versions.paid_amount,
        versions.has_invoice_details,
        coalesce(versions.document_type = 'void_note', false)
        or coalesce(versions.state in ('void', 'voided'), false)
        or voided_by_note.invoice_id is not null as is_void,
        versions.amends_of is null or base.invoice_id is not null as amends_known,
        versions.total_charges - {{ sign_of('versions.total_charges') }} * abs(versions.paid_amount) as open_amount,
        -- An amendment that offers no line calls has no lines to tie its amount to.
        case
            when versions.amends_of is not null and not versions.has_invoice_details then versions.total_charges
            else 0
        end as amendment_amount,
        coalesce(currencies.minor_digits, 2) as currency_digits,
        coalesce(currencies.tolerance_amount, {{ as_money("'0.01'") }}) as tolerance_amount,
        coalesce(lines.line_count, 0) as line_count,
        coalesce(lines.lines_total, 0) as lines_total,
        coalesce(lines.lines_with_excess_decimals, 0) as lines_with_excess_decimals,
        lines.ties_on,
        coalesce(lines.tax_outside_amount, 0) as tax_outside_amount,
        coalesce(lines.other_currency_count, 0) as other_currency_count,
        coalesce(readings.is_read, true) as is_read,
        coalesce(readings.is_unreadable, false) as is_unreadable,
        readings.unread_providers
    from versions
    left join voided_by_note on versions.invoice_id = voided_by_note.invoice_id
    left join {{ ref('int_document_versions') }} as base on versions.amends_of = base.invoice_id
    left join {{ ref('currencies') }} as currencies on versions.currency = currencies.currency
    left join {{ ref('int_document_ties') }} as lines on versions.invoice_id = lines.invoice_id
    left join {{ ref('int_document_readings') }} as readings on versions.invoice_id = readings.invoice_id
),

compared as (
    select
        *,
        total_charges - lines_total - amendment_amount as difference_amount,
        {{ tie_allowance('tolerance_amount', 'lines_with_excess_decimals') }} as allowed_amount
    from described
)

select
    invoice_id,
    document_type,
    invoice_type,
    amends_of,
    is_void,
    not is_void as is_counted,
    currency,
    {{ as_count('currency_digits') }} as currency_digits,
    {{ as_money('tolerance_amount') }} as tolerance_amount,
    invoice_at,
    {{ period_of('invoice_at') }} as period,
    period_start_at,
    period_end_at,
    {{ as_money('total_charges') }} as total_charges,
    {{ as_money('paid_amount') }} as paid_amount,
    {{ as_money('open_amount') }} as open_amount,
    has_invoice_details,
    amends_known,
    {{ as_money('amendment_amount') }} as amendment_amount,
    line_count,
    lines_total,
    {{ as_money('case when abs(difference_amount) <= allowed_amount then difference_amount else 0 end') }} as rounding_amount,
    lines_with_excess_decimals,
    ties_on,
    {{ as_money('tax_outside_amount') }} as tax_outside_amount,
    {{ as_count('other_currency_count') }} as other_currency_count,
    is_read,
    is_unreadable,
    unread_providers
from compared
