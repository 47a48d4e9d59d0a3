-- A time that decides what is compared with what was sent in a shape that no rule of `parse_timestamp` knows.
{% set read_times = [
    ('invoices', 'invoice_date'), ('orders', 'creation_date'), ('invoice_line_items', 'order_date'),
    ('invoice_summaries', 'accounting_date'), ('unbilled_line_items', 'order_date'),
    ('office_line_items', 'charge_start_date'), ('azure_line_items', 'charge_start_date'),
    ('daily_rated_usage', 'usage_date'), ('unbilled_daily_usage', 'usage_date'), ('azure_daily_usage', 'usage_date'),
    ('audit_records', 'operation_date')
] -%}
{% for table, column in read_times -%}
select
    '{{ table }}' as table_name,
    '{{ column }}' as column_name,
    sent.{{ column }} as sent_text
from {{ current_rows(table) }}
where
    nullif(trim(sent.{{ column }}), '') is not null
    and sent.{{ column }} not like '0001-01-01%'
    and {{ parse_timestamp('sent.' ~ column) }} is null
{{ 'union all' if not loop.last }}
{% endfor %}
