-- A date of a price sheet that was sent in a shape that `parse_us_timestamp` does not know.
{% for column in ('effective_start_date', 'effective_end_date') -%}
select
    '{{ column }}' as column_name,
    sent.{{ column }} as sent_text
from {{ current_rows('price_sheets') }}
where
    nullif(trim(sent.{{ column }}), '') is not null
    and sent.{{ column }} not like '%/9999 %'
    and {{ parse_us_timestamp('sent.' ~ column) }} is null
{{ 'union all' if not loop.last }}
{% endfor %}
