-- Grain: one row per counted document and component of its total; the components of a document add up to it exactly.
with documents as (
    select
        *,
        total_charges - lines_total - amendment_amount - rounding_amount as rest_amount
    from {{ ref('int_documents') }}
    where is_counted
),

lines as (
    select
        documents.invoice_id,
        'lines' as component,
        lines.billing_provider,
        lines.line_item_type,
        lines.line_class,
        sum(lines.total) as amount,
        count(*) as line_count
    from documents
    inner join {{ ref('fct_invoice_lines') }} as lines on documents.invoice_id = lines.invoice_id
    where lines.document_amount is not null
    group by documents.invoice_id, lines.billing_provider, lines.line_item_type, lines.line_class
),

-- What neither lines, amendment nor rounding explain has one name, the first that applies.
others as (
    {% for component, amount, is_shown in [
        ('tax_outside', '-tax_outside_amount', 'tax_outside_amount <> 0'),
        ('amendment', 'amendment_amount', 'amendment_amount <> 0'),
        ('rounding', 'rounding_amount', 'rounding_amount <> 0'),
        ('not_read', 'rest_amount', 'not is_read'),
        ('fx_difference', 'rest_amount', 'is_read and other_currency_count > 0'),
        ('outside_lines', 'rest_amount', 'is_read and other_currency_count = 0 and rest_amount <> 0')
    ] -%}
    select
        invoice_id,
        '{{ component }}' as component,
        {{ amount }} as amount,
        {% if component == 'fx_difference' %}other_currency_count{% else %}0{% endif %} as line_count
    from documents
    where {{ is_shown }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

components as (
    select invoice_id, component, billing_provider, line_item_type, line_class, amount, line_count from lines
    union all
    select
        invoice_id,
        component,
        {{ as_text('null') }} as billing_provider,
        {{ as_text('null') }} as line_item_type,
        {{ as_text('null') }} as line_class,
        amount,
        line_count
    from others
),

told as (
    select
        components.*,
        documents.currency,
        documents.period,
        documents.unread_providers,
        {{ count_text('components.line_count', 'line') }} as lines_text,
        {{ amount_text('components.amount', 'documents.currency', 'documents.currency_digits') }} as amount_text
    from components
    inner join documents on components.invoice_id = documents.invoice_id
)

select
    {{ hash_of(['invoice_id', 'component', 'billing_provider', 'line_item_type', 'line_class']) }} as bridge_id,
    invoice_id,
    {{ as_text('component') }} as component,
    billing_provider,
    line_item_type,
    line_class,
    period,
    currency,
    {{ as_money('amount') }} as amount,
    {{ as_count('line_count') }} as line_count,
    {{ bridge_text() }} as explanation
from told
