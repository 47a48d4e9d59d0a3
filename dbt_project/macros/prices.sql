{# Price sheets and exchange rates: which sheet, US dates, products of two rates. #}

{#
  The view of the price list that a product belongs to, told by how its id begins; `pipelines/plans/prices.py` asks
  for sheets by the same rule.
#}
{% macro price_view(product_id, reservation_order_id, meter_description) -%}
    case
        when trim(coalesce({{ meter_description }}, '')) <> '' then 'azure_consumption'
        when trim(coalesce({{ reservation_order_id }}, '')) <> '' then 'azure_reservations'
        when {{ product_id }} like 'DZH318Z0%' then 'azure_reservations'
        when {{ product_id }} like 'DG7GMGF0%' then 'software'
        when {{ product_id }} like 'CFQ7TTC0%' then 'updatedlicensebased'
        when {{ product_id }} <> '' then 'marketplace'
    end
{%- endmacro %}

{# 'YYYY-MM' of the month in the name of a partition, written YYYYMM. #}
{% macro partition_month(partition, number) -%}
    {%- set month = part_of(partition, '/', number) -%}
    substr({{ month }}, 1, 4) || '-' || substr({{ month }}, 5, 2)
{%- endmacro %}

{#
  `3/1/2018 12:00:00 AM` as a time, UTC: month first, twelve hours. Year 9999 stands for "open" and becomes null, and
  so does what is written in another way; the test `listed_dates_are_read` names that.
#}
{% macro parse_us_timestamp(column) -%}
    {%- set shape = "'^([0-9]{1,2})/([0-9]{1,2})/([0-9]{4}) ([0-9]{1,2}):([0-9]{2}):([0-9]{2}) ([AaPp])[Mm]$'" -%}
    {%- set text = "trim(" ~ column ~ ")" -%}
    {%- set hour = "mod(try_cast(regexp_extract(" ~ text ~ ", " ~ shape ~ ", 4) as integer), 12)" -%}
    case
        when {{ text }} like '%/9999 %' then null
        else
            try_cast(
                regexp_extract({{ text }}, {{ shape }}, 3)
                || '-' || lpad(regexp_extract({{ text }}, {{ shape }}, 1), 2, '0')
                || '-' || lpad(regexp_extract({{ text }}, {{ shape }}, 2), 2, '0')
                || ' ' || lpad(
                    cast(
                        {{ hour }}
                        + case when upper(regexp_extract({{ text }}, {{ shape }}, 7)) = 'P' then 12 else 0 end
                        as {{ text_type() }}
                    ), 2, '0'
                )
                || ':' || regexp_extract({{ text }}, {{ shape }}, 5)
                || ':' || regexp_extract({{ text }}, {{ shape }}, 6)
                as {{ time_type() }}
            )
    end
{%- endmacro %}

{#
  A rate or an amount times a rate, exact, cut toward zero at 18 decimals. The first may have 17 digits before and 18
  after the point, the second 9 and 18: whole and fractional parts are multiplied apart, so that no product needs
  more than 38 digits.
#}
{% macro multiply_rates(first, second) -%}
    {%- set whole = [truncate_decimal(first, 0), truncate_decimal(second, 0)] -%}
    {%- set first_whole = "cast(" ~ whole[0] ~ " as decimal(17, 0))" -%}
    {%- set second_whole = "cast(" ~ whole[1] ~ " as decimal(9, 0))" -%}
    {%- set first_part = "cast(" ~ truncate_decimal(first ~ " - " ~ whole[0], 18) ~ " as decimal(18, 18))" -%}
    {%- set second_part = "cast(" ~ truncate_decimal(second ~ " - " ~ whole[1], 18) ~ " as decimal(18, 18))" -%}
    (
        cast({{ first_whole }} * {{ second_whole }} as decimal(38, 18))
        + cast({{ first_whole }} * {{ second_part }} as decimal(38, 18))
        + cast({{ first_part }} * {{ second_whole }} as decimal(38, 18))
        + {{ truncate_decimal(first_part ~ " * " ~ second_part, 18) }}
    )
{%- endmacro %}
