{# How a billed line is named and classified. #}

{#
  Identity of the API's lines, which have none: version of the list, where the line stands, what it says. Each
  kind of rows has a list of its own, named by provider and type; a list that changes gets the next version.
#}
{% macro line_identity_parts(kind='onetime_billing') -%}
    {%- set place = ["'1'", 'invoice_id', 'billing_provider', 'line_item_type', 'customer_id'] -%}
    {%- set parts = {
        'onetime_billing': [
            'order_id', 'alternate_id', 'order_at', 'product_id', 'sku_id', 'availability_id',
            fold_word('charge_type'), 'subscription_id', 'reference_id', fold_guid('reservation_order_id'),
            'charge_start_at', 'charge_end_at', 'meter_description', 'credit_reason_code', 'promotion_id',
            decimal_text('unit_price'), decimal_text('effective_unit_price'), decimal_text('quantity'),
            decimal_text('billable_quantity'), decimal_text('subtotal'), decimal_text('tax_total'),
            decimal_text('total'), 'currency', 'pricing_currency', decimal_text('fx_rate')
        ],
        'office_billing': [
            'legacy_order_id', 'legacy_subscription_id', 'subscription_id', 'legacy_offer_id', 'offer_id',
            fold_word('charge_type'), 'charge_start_at', 'charge_end_at', decimal_text('unit_price'),
            decimal_text('quantity'), decimal_text('subtotal'), decimal_text('tax_total'), decimal_text('total'),
            'currency'
        ],
        'azure_billing': [
            'legacy_order_id', 'legacy_subscription_id', 'resource_guid', 'region', 'sku', 'detail_number',
            fold_word('charge_type'), 'charge_start_at', 'charge_end_at', decimal_text('unit_price'),
            decimal_text('consumed_quantity'), decimal_text('subtotal'), decimal_text('tax_total'),
            decimal_text('total'), 'currency'
        ],
        'onetime_usage': [
            'subscription_id', 'azure_subscription_id', 'product_id', 'sku_id', 'availability_id', 'usage_date',
            'meter_id', 'resource_uri', 'resource_location', fold_word('charge_type'),
            'charge_start_at', 'charge_end_at', decimal_text('unit_price'), decimal_text('effective_unit_price'),
            decimal_text('quantity'), decimal_text('subtotal'), decimal_text('pricing_subtotal'), 'currency',
            'pricing_currency', decimal_text('fx_rate')
        ],
        'azure_usage': [
            'legacy_order_id', 'legacy_subscription_id', 'resource_guid', 'region', 'usage_date', 'charge_start_at',
            'charge_end_at', decimal_text('consumed_quantity')
        ]
    } -%}
    {{ return(place + parts[kind]) }}
{%- endmacro %}

{# What a line says about its order; lines that say the same lead to the same order, billed or not billed yet. #}
{% macro line_reference_parts() -%}
    {{ return([
        'customer_id', 'order_id', 'alternate_id', 'product_id', 'sku_id', reservation_key('reservation_order_id')
    ]) }}
{%- endmacro %}

{# The columns behind it, as staged. #}
{% macro line_reference_columns() -%}
    {{ return(['customer_id', 'order_id', 'alternate_id', 'product_id', 'sku_id', 'reservation_order_id']) }}
{%- endmacro %}

{# Charge types that take something back. #}
{% macro is_cancel_type(charge_type) -%}
    coalesce({{ fold_word(charge_type) }} like 'cancel%' or {{ fold_word(charge_type) }} like 'refund%', false)
{%- endmacro %}

{# Charge types of a change of quantity: they come in pairs, the old quantity back and the new one on. #}
{% macro is_quantity_change(charge_type) -%}
    coalesce({{ fold_word(charge_type) }} in ('addquantity', 'removequantity'), false)
{%- endmacro %}

{# Quantity with the sign of the money; without money the sign on the wire, then the charge type. #}
{% macro signed_quantity(quantity, subtotal, charge_type) -%}
    case
        when {{ subtotal }} < 0 then -abs({{ quantity }})
        when {{ subtotal }} > 0 then abs({{ quantity }})
        when {{ quantity }} < 0 then {{ quantity }}
        when {{ is_cancel_type(charge_type) }} then -{{ quantity }}
        else {{ quantity }}
    end
{%- endmacro %}

{# The first class that applies; `billing_cycle` is that of the order found for the line, null without one. #}
{% macro line_class(billing_provider, line_item_type, charge_type, credit_reason_code, billing_cycle, meter_description, billing_frequency) -%}
    case
        when {{ line_item_type }} = 'usage' then 'daily_usage'
        when {{ billing_provider }} = 'office' then 'license'
        when {{ billing_provider }} = 'azure' then 'legacy_usage'
        when {{ fold_word(charge_type) }} = 'customercredit' or {{ credit_reason_code }} is not null then 'adjustment'
        when {{ billing_cycle }} = 'one_time' then 'one_time'
        when {{ meter_description }} is not null then 'usage'
        when {{ billing_cycle }} in ('monthly', 'annual', 'biennial', 'triennial') then 'recurring'
        when coalesce({{ fold_word(billing_frequency) }}, 'onetime') = 'onetime' then 'one_time'
        else 'recurring'
    end
{%- endmacro %}

{#
  A charge whose order may exist although no reading shows it yet: a new order is listed up to 15 minutes
  late. Speaks of the columns of `int_lines`.
#}
{% macro is_order_too_new() -%}
    classified.is_charge
    and classified.resolved_order_id is null
    and coverage.is_orders_read
    and classified.order_at > {{ add_hours('coverage.orders_checked_at', '-too_new.window_hours') }}
{%- endmacro %}

{#
  What a line charges in its pricing currency, with the sign of the money: free of the exchange rates at
  which a purchase and its refund were billed. Null where price or quantity is missing; where one currency
  does both, the billed amount itself. Speaks of the columns of `int_lines`.
#}
{% macro pricing_amount() -%}
    case
        when pricing_currency = currency then subtotal
        when pricing_currency is not null then
            {{ sign_of('subtotal') }}
            * {{ multiply_decimals('abs(effective_unit_price)', 'abs(coalesce(billable_quantity, quantity))') }}
    end
{%- endmacro %}

{#
  The sum of `pricing_amount`; of the billed amounts as soon as one of them is unknown or in another pricing
  currency, as amounts of two currencies have no sum.
#}
{% macro sum_of_pricing_amounts() -%}
    case
        when count(pricing_amount) = count(*) and min(pricing_currency) = max(pricing_currency)
            then sum(pricing_amount)
        else sum(subtotal)
    end
{%- endmacro %}

{# The first bucket that applies. Speaks of the CTEs of `fct_invoice_lines`. #}
{% macro line_bucket() -%}
    case
        when not lines.is_counted then 'not_counted'
        when lines.line_class = 'daily_usage' then 'detail'
        when lines.line_class in ('license', 'legacy_usage', 'usage', 'recurring', 'adjustment') then 'out_of_scope'
        when not lines.customer_is_compared then 'not_compared'
        when lines.match_pass = '5_suggested' then 'suggested'
        when lines.order_item_id is null and lines.charge_group_timing_code is not null then 'timing'
        when lines.order_item_id is null then 'unmatched'
        when item_breaks.order_item_id is not null or line_breaks.invoice_line_id is not null then 'matched_with_break'
        when item_timing.order_item_id is not null then 'timing'
        when lines.order_item_id is not null then 'matched'
    end
{%- endmacro %}

{# The buckets whose amounts make up a counted document. #}
{% macro money_buckets() -%}
    {{ return([
        'matched', 'matched_with_break', 'suggested', 'timing', 'unmatched', 'not_compared', 'out_of_scope'
    ]) }}
{%- endmacro %}

{# Providers of legacy documents, whose total may be that of the lines before tax. #}
{% macro is_legacy_provider(billing_provider) -%} ({{ billing_provider }} in ('office', 'azure')) {%- endmacro %}

{#
  What a line adds to its document: its total; before tax for a legacy line of a document that ties on it. Null for
  what is no part of the total: usage rows, and lines in another currency than the document's.
#}
{% macro document_amount(line, document) -%}
    case
        when {{ line }}.line_item_type <> 'billing' then null
        when coalesce({{ line }}.currency, '') <> coalesce({{ document }}.currency, '') then null
        when {{ document }}.ties_on = 'pre_tax' and {{ is_legacy_provider(line ~ '.billing_provider') }} then {{ line }}.subtotal
        else {{ line }}.total
    end
{%- endmacro %}

{#
  The charge group of a charge without an order: the charges that name customer, order, product and SKU alike;
  one that names no order at all is a group of its own.
#}
{% macro unordered_group_id(customer_id, order_id, alternate_id, product_id, sku_id, invoice_line_id) -%}
    case
        when {{ order_id }} is not null or {{ alternate_id }} is not null
            then {{ hash_of(["'sent'", customer_id, order_id, alternate_id, product_id, sku_id]) }}
        else {{ hash_of(["'line'", invoice_line_id]) }}
    end
{%- endmacro %}
