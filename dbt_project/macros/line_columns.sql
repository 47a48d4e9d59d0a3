{# The columns that billed lines of every provider share, and how each kind of row fills them. #}

{# Name and type, in order. Columns of `stg_partner_center__invoice_line_items` keep their meaning. #}
{% macro billed_line_columns() -%}
    {%- set texts = [
        "_partition", "_page", "_position", "invoice_id", "billing_provider", "line_item_type", "source_api",
        "customer_id", "sent_customer_id", "customer_name", "customer_country", "reseller_mpn_id",
        "order_id", "sent_order_id", "alternate_id", "product_id", "sku_id", "availability_id",
        "product_name", "sku_name", "publisher_name", "charge_type", "currency", "subscription_id",
        "term_and_billing_cycle", "billing_frequency", "pricing_currency", "meter_description",
        "reservation_order_id", "credit_reason_code",
    ] -%}
    {%- set types = {} -%}
    {%- for name in texts -%} {%- do types.update({name: text_type()}) -%} {%- endfor -%}
    {%- do types.update({"_page": count_type(), "_position": count_type()}) -%}
    {%- for name in ["order_at", "charge_start_at", "charge_end_at", "fx_rate_at"] -%}
        {%- do types.update({name: time_type()}) -%}
    {%- endfor -%}
    {%- for name in ["unit_price", "effective_unit_price", "quantity", "billable_quantity", "fx_rate"] -%}
        {%- do types.update({name: rate_type()}) -%}
    {%- endfor -%}
    {%- for name in ["subtotal", "tax_total", "total"] -%} {%- do types.update({name: money_type()}) -%} {%- endfor -%}
    {{ return(types) }}
{%- endmacro %}

{#
  The select list of a kind of lines: `values` maps column to expression; what a kind does not know is null. A
  name that is no such column stops the compilation.
#}
{% macro billed_line_row(values) -%}
    {%- set types = billed_line_columns() -%}
    {%- for name in values if name not in types -%}
        {{ exceptions.raise_compiler_error("there is no column " ~ name ~ " of billed lines") }}
    {%- endfor -%}
    {%- for name, type in types.items() %}
        cast({{ values.get(name, "null") }} as {{ type }}) as {{ name }}{{ "," if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{# The columns that both kinds of legacy lines fill alike. #}
{% macro legacy_line_columns() -%}
    {{ return([
        '_partition', '_page', '_position', 'invoice_id', 'billing_provider', 'line_item_type', 'source_api',
        'customer_id', 'sent_customer_id', 'customer_name', 'reseller_mpn_id', 'charge_type', 'billing_frequency',
        'currency', 'unit_price', 'subtotal', 'tax_total', 'total', 'charge_start_at', 'charge_end_at'
    ]) }}
{%- endmacro %}

{# Where a line of any kind stands and what is called alike in each of them. #}
{% macro kept_columns(names) -%}
    {%- set values = {} -%}
    {%- for name in names -%} {%- do values.update({name: name}) -%} {%- endfor -%}
    {{ return(values) }}
{%- endmacro %}

{# The columns of `fct_invoice_lines`, in order. #}
{% macro invoice_line_columns() -%}
    {{ return([
        'invoice_line_id', 'invoice_id', 'billing_provider', 'line_item_type', 'source_api', 'line_class', 'bucket',
        'charge_type', 'customer_id', 'order_id', 'alternate_id', 'product_id', 'sku_id', 'availability_id',
        'reservation_order_id', 'quantity', 'signed_quantity', 'billable_quantity', 'unit_price',
        'effective_unit_price', 'pricing_currency', 'fx_rate', 'currency', 'subtotal', 'tax_total', 'total',
        'order_at', 'charge_start_at', 'charge_end_at', 'match_pass', 'matched_order_id', 'suggested_order_id',
        'order_item_id', 'charge_group_id', 'period', 'invoice_at', 'subscription_id', 'usage_at', 'document_amount'
    ]) }}
{%- endmacro %}
