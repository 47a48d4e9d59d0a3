{# The only macros that narrow or multiply decimals. Division and averages of money do not exist here. #}

{# An exact decimal with `digits` decimals, cut toward zero; a plain cast would round. #}
{% macro truncate_decimal(expression, digits, precision=38) -%}
    {{ return(adapter.dispatch('truncate_decimal', 'recon')(expression, digits, precision)) }}
{%- endmacro %}

{# `trunc` of DuckDB stays decimal and exact. #}
{% macro duckdb__truncate_decimal(expression, digits, precision) -%}
    cast(trunc({{ expression }}, {{ digits }}) as decimal({{ precision }}, {{ digits }}))
{%- endmacro %}

{% macro default__truncate_decimal(expression, digits, precision) -%}
    {%- set rounded = "cast(" ~ expression ~ " as decimal(" ~ precision ~ ", " ~ digits ~ "))" -%}
    {%- set unit = "cast(" ~ ("1" if digits == 0 else "0." ~ "0" * (digits - 1) ~ "1") ~ " as decimal(" ~ precision ~ ", " ~ digits ~ "))" -%}
    (
        case
            when abs({{ rounded }}) <= abs({{ expression }}) then {{ rounded }}
            when {{ expression }} < 0 then {{ rounded }} + {{ unit }}
            else {{ rounded }} - {{ unit }}
        end
    )
{%- endmacro %}

{# An amount cut to the minor units of its currency, still DECIMAL(38, 12). #}
{% macro truncate_to_currency(expression, currency_digits) -%}
    case {{ currency_digits }}
        when 0 then cast({{ truncate_decimal(expression, 0) }} as {{ money_type() }})
        when 3 then cast({{ truncate_decimal(expression, 3) }} as {{ money_type() }})
        else cast({{ truncate_decimal(expression, 2) }} as {{ money_type() }})
    end
{%- endmacro %}

{#
  Price x quantity or price x rate, exact to twelve decimals, cut toward zero.
  The first factor may have 17 digits before and 17 after the point, the second 17 and 18: exchange rates come with up
  to 16 decimals, and one that is cut too early moves a unit price that is cut afterwards. Whole and fractional parts
  are multiplied apart, so that no product needs more than 38 digits. The whole parts are wider than they need be:
  DuckDB multiplies what fits into 18 digits in 18 digits.
#}
{% macro multiply_decimals(first, second) -%}
    {%- set first_whole = "cast(" ~ truncate_decimal(first, 0) ~ " as decimal(19, 0))" -%}
    {%- set second_whole = "cast(" ~ truncate_decimal(second, 0) ~ " as decimal(19, 0))" -%}
    {%- set first_part = "cast(" ~ truncate_decimal(first ~ " - " ~ truncate_decimal(first, 0), 17) ~ " as decimal(17, 17))" -%}
    {%- set second_part = "cast(" ~ truncate_decimal(second ~ " - " ~ truncate_decimal(second, 0), 18) ~ " as decimal(18, 18))" -%}
    {%- set parts = "cast(" ~ first_whole ~ " * " ~ second_part ~ " as decimal(36, 18))"
        ~ " + cast(" ~ first_part ~ " * " ~ second_whole ~ " as decimal(36, 18))"
        ~ " + cast(" ~ truncate_decimal(first_part ~ " * " ~ second_part, 18) ~ " as decimal(36, 18))" -%}
    (
        cast({{ first_whole }} * {{ second_whole }} as {{ money_type() }})
        + cast({{ truncate_decimal("(" ~ parts ~ ")", 12) }} as {{ money_type() }})
    )
{%- endmacro %}

{# The same, cut to the minor units of the currency of the result. #}
{% macro multiply_money(first, second, currency_digits) -%}
    {{ truncate_to_currency(multiply_decimals(first, second), currency_digits) }}
{%- endmacro %}

{#
  The part of an amount that falls on `days` of `all_days`, exact to six decimals, cut toward zero. The one place where
  an amount is divided: in whole millionths, as a quotient of decimals would be a binary number here.
#}
{% macro share_of_days(amount, days, all_days) -%}
    {{ return(adapter.dispatch('share_of_days', 'recon')(amount, days, all_days)) }}
{%- endmacro %}

{% macro duckdb__share_of_days(amount, days, all_days) -%}
    {%- set product = truncate_decimal(multiply_decimals(amount, "cast(" ~ days ~ " as decimal(20, 10))"), 6, 30) -%}
    {%- set millionths = "cast(" ~ product ~ " * cast(1000000 as decimal(7, 0)) as hugeint)" -%}
    cast(cast({{ millionths }} // {{ all_days }} as decimal(30, 0)) * cast('0.000001' as decimal(6, 6)) as {{ money_type() }})
{%- endmacro %}

{% macro default__share_of_days(amount, days, all_days) -%}
    cast({{ truncate_decimal(multiply_decimals(amount, days) ~ " / " ~ all_days, 6) }} as {{ money_type() }})
{%- endmacro %}

{# The sign of a decimal as -1, 0 or 1. #}
{% macro sign_of(expression) -%}
    case when {{ expression }} > 0 then 1 when {{ expression }} < 0 then -1 else 0 end
{%- endmacro %}

{# By how much a document may differ from its lines: half a minor unit for every line with more decimals than that. #}
{% macro tie_allowance(tolerance_amount, excess_count) -%}
    {{ tolerance_amount }} + {{ as_money("'0.5'") }} * {{ excess_count }} * cast({{ tolerance_amount }} as decimal(18, 3))
{%- endmacro %}

{#
  The rate of a part to its whole in thousandths, rounded to the nearest: 190 for 19 of 100. Whole numbers all the
  way, as a quotient of decimals would be a binary number here; null for a whole of 0.
#}
{% macro rate_in_permille(part, whole) -%}
    {{ return(adapter.dispatch('rate_in_permille', 'recon')(part, whole)) }}
{%- endmacro %}

{% macro duckdb__rate_in_permille(part, whole) -%}
    {%- set part_units = "abs(cast(" ~ truncate_decimal(part, 6, 30) ~ " * cast(1000000 as decimal(7, 0)) as hugeint))" -%}
    {%- set whole_units = "abs(cast(" ~ truncate_decimal(whole, 6, 30) ~ " * cast(1000000 as decimal(7, 0)) as hugeint))" -%}
    {{ sign_of(part) }} * {{ sign_of(whole) }}
    * cast((2000 * {{ part_units }} + {{ whole_units }}) // nullif(2 * {{ whole_units }}, 0) as {{ count_type() }})
{%- endmacro %}

{% macro default__rate_in_permille(part, whole) -%}
    cast(round({{ part }} * 1000 / nullif({{ whole }}, 0), 0) as {{ count_type() }})
{%- endmacro %}

{# The rate behind thousandths: 0.190 for 190. #}
{% macro permille_rate(permille) -%} cast({{ permille }} as decimal(9, 0)) * cast('0.001' as decimal(4, 3)) {%- endmacro %}
