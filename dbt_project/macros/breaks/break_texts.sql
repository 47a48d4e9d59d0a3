{# The words of explanations: amounts with the digits of their currency, dates as ISO days. #}

{# '110.00 USD', '1500 JPY'; an amount with more decimals than its currency shows all of them. #}
{% macro amount_text(amount, currency, currency_digits) -%}
    coalesce(
        case
            {%- for digits in [0, 2, 3] %}
            when coalesce({{ currency_digits }}, 2) = {{ digits }}
                and cast({{ amount }} as decimal(38, {{ digits }})) = {{ amount }}
                then cast(cast({{ amount }} as decimal(38, {{ digits }})) as {{ text_type() }})
            {%- endfor %}
            else {{ decimal_text(as_money(amount)) }}
        end || coalesce(' ' || {{ currency }}, ''),
        'an unknown amount'
    )
{%- endmacro %}

{# '3', '2.5'. #}
{% macro quantity_text(quantity) -%} coalesce({{ decimal_text(as_rate(quantity)) }}, 'unknown') {%- endmacro %}

{# '; 110.00 USD at risk', or nothing where the amount is not known. #}
{% macro at_risk_text(amount, currency, currency_digits) -%}
    case when {{ amount }} is null then '' else '; ' || {{ amount_text(amount, currency, currency_digits) }} || ' at risk' end
{%- endmacro %}

{# '2021-03-08'. #}
{% macro day_text(time) -%} coalesce(substr({{ as_text(time) }}, 1, 10), 'an unknown day') {%- endmacro %}

{#
  ' on 2021-03-08'; ' (day unknown, 2021-03-31 assumed)' where nobody knows it: an assumption is not told as a fact.
  Speaks of the columns of `int_order_items`.
#}
{% macro reduction_day_text(preposition='on', is_assumed_day_named=true) -%}
    case
        when is_reduction_assumed then
            {%- if is_assumed_day_named %} ' (day unknown, ' || {{ day_text('reduced_at') }} || ' assumed)'
            {%- else %} ' (day unknown)' {%- endif %}
        else coalesce(' {{ preposition }} ' || substr({{ as_text('reduced_at') }}, 1, 10), '')
    end
{%- endmacro %}

{# An id inside a sentence. #}
{% macro id_text(id) -%} coalesce({{ as_text(id) }}, 'without id') {%- endmacro %}

{# What the charges of a group without an order say about it; speaks of the columns of `int_charge_groups`. #}
{% macro no_order_text() -%}
    coalesce(', no order found under ' || coalesce(order_id, alternate_id), ', no order id was sent')
{%- endmacro %}

{#
  'charged 400.00 USD to customer X', 'charged 400.00 USD, 100.00 USD of it to customer X' where the charges of a group
  name several customers; speaks of the columns of `int_charge_groups`.
#}
{% macro charged_to_customer_text() -%}
    'charged ' || {{ amount_text('total_sum', 'currency', 'currency_digits') }}
    || case
        when customer_total <> total_sum then ', ' || {{ amount_text('customer_total', 'currency', 'currency_digits') }} || ' of it'
        else ''
    end || ' to customer ' || {{ id_text('customer_id') }}
{%- endmacro %}

{# '1 charge', '3 charges'. #}
{% macro count_text(count, noun) -%}
    {{ as_text(count) }} || case when {{ count }} = 1 then ' {{ noun }}' else ' {{ noun }}s' end
{%- endmacro %}

{# '19 %', '7.7 %' from thousandths. #}
{% macro permille_text(permille) -%}
    {{ decimal_text("cast(" ~ permille ~ " as decimal(18, 0)) * cast('0.1' as decimal(2, 1))") }} || ' %'
{%- endmacro %}
