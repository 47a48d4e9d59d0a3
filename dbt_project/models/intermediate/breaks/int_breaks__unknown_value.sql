-- Rule: a line or a document uses a word or a currency that is not documented.
-- Grain: one row per line, and per document by itself, that breaks the rule.
{%- set line_words = {
    'charge type': ('charge_type', 'lines.charge_type'),
    'provider': ('billing_provider', 'lines.billing_provider'),
    'currency': ('currency', 'lines.currency'),
    'pricing currency': ('currency', 'lines.pricing_currency'),
    'order status': ('order_status', 'orders.order_status')
} %}
{%- set document_words = {
    'document type': ('document_type', 'documents.document_type'),
    'status': ('document_status', 'versions.state'),
    'currency': ('currency', 'documents.currency'),
    'provider': ('billing_provider', 'offered.billing_provider')
} %}

with known as (
    {{ known_words() }}
),

line_texts as (
    select
        lines.invoice_line_id,
        {{ unknown_words_text(line_words) }} as unknown_text
    from {{ ref('int_lines') }} as lines
    left join {{ ref('int_orders') }} as orders on lines.resolved_order_id = orders.order_id
    {{- known_word_joins(line_words) }}
    where lines.is_counted
),

-- A document offers lines of several providers; the one break names the unknown one that comes first.
document_texts as (
    select
        documents.invoice_id,
        max({{ unknown_words_text(document_words) }}) as unknown_text
    from {{ ref('int_documents') }} as documents
    left join {{ ref('int_document_versions') }} as versions on documents.invoice_id = versions.invoice_id
    left join {{ ref('stg_partner_center__invoice_details') }} as offered on documents.invoice_id = offered.invoice_id
    {{- known_word_joins(document_words) }}
    where documents.is_counted
    group by documents.invoice_id
),

strange_lines as (
    select
        lines.*,
        line_texts.unknown_text,
        coalesce(lines.resolved_order_id, lines.order_id) as named_order_id
    from {{ ref('int_lines') }} as lines
    inner join line_texts on lines.invoice_line_id = line_texts.invoice_line_id
    where line_texts.unknown_text <> ''
),

strange_documents as (
    select
        documents.*,
        document_texts.unknown_text
    from {{ ref('int_documents') }} as documents
    inner join document_texts on documents.invoice_id = document_texts.invoice_id
    where document_texts.unknown_text <> ''
),

breaks as (
    select
        {{ break_row('unknown_value', 'line', with_columns(line_keys(), {
            'order_id': 'named_order_id',
            'actual_amount': 'total',
            'at_risk_amount': 'abs(total)',
            'direction': "'exposure'",
            'explanation': "'not documented: ' || unknown_text || " ~ at_risk_text('abs(total)', 'currency', 'currency_digits')
        })) }}
    from strange_lines

    union all

    select
        {{ break_row('unknown_value', 'document', with_columns(document_keys(), {
            'actual_amount': 'total_charges',
            'at_risk_amount': 'abs(total_charges)',
            'direction': "'exposure'",
            'explanation': "'not documented: ' || unknown_text || " ~ at_risk_text('abs(total_charges)', 'currency', 'currency_digits')
        })) }}
    from strange_documents
)

select * from breaks
