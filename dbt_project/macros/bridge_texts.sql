{# One sentence per component of a document's total. Speaks of the columns of `fct_invoice_bridge`. #}
{% macro bridge_text() -%}
    case component
        when 'lines'
            then lines_text || ' of ' || billing_provider || ' ' || line_item_type || ', class ' || line_class
                || ': ' || amount_text
        when 'tax_outside' then 'the total leaves out the tax of its legacy lines: ' || amount_text
        when 'amendment' then 'amendment without lines of its own: ' || amount_text
        when 'rounding' then 'difference within the tolerance: ' || amount_text
        when 'not_read'
            then 'lines of ' || coalesce(unread_providers, 'an unknown provider') || ' were not read; what the rest leaves open: '
                || amount_text
        when 'fx_difference'
            then lines_text || ' in another currency cannot be added; what the rest leaves open: ' || amount_text
        when 'outside_lines' then 'adjustment that no line carries: ' || amount_text
    end
{%- endmacro %}
