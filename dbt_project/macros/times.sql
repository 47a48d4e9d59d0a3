{# Everything that touches time. No model reads a clock: the question names its moment. #}

{# The moment for which the question is asked, UTC. #}
{% macro as_of() -%} cast('{{ var("as_of") }}' as {{ dbt.type_timestamp() }}) {%- endmacro %}

{#
  A wire timestamp as UTC, to the microsecond (further digits are cut, not rounded).
  Shapes seen: 0 to 7 fractional digits; `Z`, an offset or no zone (taken as UTC); date only; blanks
  inside; year 1 stands for "never" and year 9999 for "open", both become null. Text that is none of these becomes null too, and the
  test `timestamps_are_read` names it.
#}
{% macro parse_timestamp(column) -%}
    {{ return(adapter.dispatch('parse_timestamp', 'recon')(column)) }}
{%- endmacro %}

{% macro default__parse_timestamp(column) -%}
    {%- set cleaned = "upper(replace(replace(trim(" ~ column ~ "), ' ', ''), ',', '.'))" -%}
    {#- A blank between day and hour is put back as the T that it replaces. -#}
    {%- set joined = "regexp_replace(" ~ cleaned ~ ", '^([0-9]{4}-[0-9]{2}-[0-9]{2})([0-9])', '\\1T\\2')" -%}
    {%- set local_time = "regexp_replace(" ~ joined ~ ", '(Z|(T.*)[+-][0-9]{2}:?[0-9]{2})$', '\\2')" -%}
    {%- set offset = "regexp_extract(" ~ joined ~ ", 'T.*([+-][0-9]{2}:?[0-9]{2})$', 1)" -%}
    case
        when {{ column }} is null or trim({{ column }}) = '' or trim({{ column }}) like '0001-01-01%' then null
        when trim({{ column }}) like '9999-%' then null
        -- The common shape needs no look at the zone.
        when {{ column }} like '____-__-__T__:__:__%Z' and {{ column }} not like '% %'
            then try_cast(replace({{ column }}, 'Z', '') as {{ dbt.type_timestamp() }})
        when {{ column }} like '____-__-__'
            then try_cast({{ column }} as {{ dbt.type_timestamp() }})
        when {{ offset }} = ''
            then try_cast({{ local_time }} as {{ dbt.type_timestamp() }})
        else
            try_cast({{ local_time }} as {{ dbt.type_timestamp() }})
            - cast(substr({{ offset }}, 1, 1) || '1' as integer)
            * (
                cast(substr({{ offset }}, 2, 2) as integer) * interval '1' hour
                + cast(right({{ offset }}, 2) as integer) * interval '1' minute
            )
    end
{%- endmacro %}

{# The first moment of the month of a time. #}
{% macro month_start(time) -%} cast(date_trunc('month', {{ time }}) as {{ dbt.type_timestamp() }}) {%- endmacro %}

{# The same time some months later (or earlier). #}
{% macro add_months(time, months) -%}
    {{ return(adapter.dispatch('add_months', 'recon')(time, months)) }}
{%- endmacro %}

{% macro default__add_months(time, months) -%}
    cast({{ time }} + ({{ months }}) * interval '1' month as {{ dbt.type_timestamp() }})
{%- endmacro %}

{# The same time some hours later (or earlier); `hours` may be a column. #}
{% macro add_hours(time, hours) -%}
    {{ return(adapter.dispatch('add_hours', 'recon')(time, hours)) }}
{%- endmacro %}

{% macro default__add_hours(time, hours) -%}
    cast({{ time }} + ({{ hours }}) * interval '1' hour as {{ dbt.type_timestamp() }})
{%- endmacro %}

{# 'YYYY-MM' of a time, the name of a period. #}
{% macro period_of(time) -%}
    {{ return(adapter.dispatch('period_of', 'recon')(time)) }}
{%- endmacro %}

{% macro default__period_of(time) -%}
    substr(cast({{ time }} as {{ dbt.type_string() }}), 1, 7)
{%- endmacro %}

{# The first moment of a period 'YYYY-MM'. #}
{% macro period_start(period) -%} cast({{ period }} || '-01 00:00:00' as {{ dbt.type_timestamp() }}) {%- endmacro %}

{# The 11th of the month after a time: the month's invoice is out by the 8th, and three days pass. #}
{% macro eleventh_after(time) -%}
    {{ add_hours(add_months(month_start(time), 1), 240) }}
{%- endmacro %}

{# Whole days from one time to a later one, on UTC days. #}
{% macro days_between(earlier, later) -%}
    {{ return(adapter.dispatch('days_between', 'recon')(earlier, later)) }}
{%- endmacro %}

{% macro default__days_between(earlier, later) -%}
    cast(datediff('day', cast({{ earlier }} as date), cast({{ later }} as date)) as {{ dbt.type_bigint() }})
{%- endmacro %}

{# Months in a term like P1M, P1Y or P3Y; null for a blank one, which has no end. #}
{% macro term_months(term_duration) -%}
    {{ return(adapter.dispatch('term_months', 'recon')(term_duration)) }}
{%- endmacro %}

{% macro default__term_months(term_duration) -%}
    case
        when {{ term_duration }} like 'P%Y' then 12 * try_cast(regexp_extract({{ term_duration }}, 'P([0-9]+)Y', 1) as integer)
        when {{ term_duration }} like 'P%M' then try_cast(regexp_extract({{ term_duration }}, 'P([0-9]+)M', 1) as integer)
    end
{%- endmacro %}
