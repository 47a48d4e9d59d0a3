-- Control total: rows and money of the billed lines of every kind, per document, kind and currency, in staging and
-- in the mart. Daily usage has neither tax nor total; its amounts are cut to the digits of money on both sides.
with staged as (
    {% for kind in [
        'invoice_line_items', 'office_line_items', 'azure_line_items', 'daily_rated_usage', 'azure_daily_usage'
    ] -%}
    select
        invoice_id,
        billing_provider,
        line_item_type,
        {% if kind == 'azure_daily_usage' -%}
        {{ as_text('null') }} as currency,
        {{ as_money('null') }} as subtotal,
        {%- else -%}
        currency,
        {{ truncate_decimal('subtotal', 12) }} as subtotal,
        {%- endif %}
        {% for amount in ['tax_total', 'total'] -%}
        {{ amount if 'line_items' in kind else as_money('null') }} as {{ amount }}{{ ',' if not loop.last }}
        {% endfor -%}
    from {{ ref('stg_partner_center__' ~ kind) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

sides as (
    select 1 as side, invoice_id, billing_provider, line_item_type, currency, subtotal, tax_total, total from staged
    union all
    select -1 as side, invoice_id, billing_provider, line_item_type, currency, subtotal, tax_total, total
    from {{ ref('fct_invoice_lines') }}
),

compared as (
    select
        invoice_id,
        billing_provider,
        line_item_type,
        currency,
        sum(side) as rows_lost,
        sum(side * subtotal) as subtotal_lost,
        sum(side * tax_total) as tax_lost,
        sum(side * total) as total_lost
    from sides
    group by invoice_id, billing_provider, line_item_type, currency
)

select *
from compared
where rows_lost <> 0 or subtotal_lost <> 0 or tax_lost <> 0 or total_lost <> 0
