-- Control total: rows and money per table and currency in raw (walks that count) and in staging.
with raw as (
    {% for counted in counted_tables() -%}
    select '{{ counted.table }}' as table_name, '' as currency, 'rows' as measure, {{ as_rate('count(*)') }} as amount
    from {{ current_rows(counted.table) }}
    {% for column in counted.amounts %}
    union all
    select
        '{{ counted.table }}' as table_name,
        {{ counted_currency('sent.' ~ counted.currency) }} as currency,
        '{{ column }}' as measure,
        {{ as_rate('coalesce(sum(sent.' ~ column ~ '), 0)') }} as amount
    from {{ current_rows(counted.table) }}
    group by {{ counted_currency('sent.' ~ counted.currency) }}
    {% endfor -%}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

staging as (
    {% for counted in counted_tables() -%}
    select '{{ counted.table }}' as table_name, '' as currency, 'rows' as measure, {{ as_rate('count(*)') }} as amount
    from {{ ref(counted.staging) }}
    {% for column, staged in counted.amounts.items() %}
    union all
    select
        '{{ counted.table }}' as table_name,
        {{ counted_currency(counted.staging_currency) }} as currency,
        '{{ column }}' as measure,
        {{ as_rate('coalesce(sum(' ~ staged ~ '), 0)') }} as amount
    from {{ ref(counted.staging) }}
    group by {{ counted_currency(counted.staging_currency) }}
    {% endfor -%}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

sides as (
    select table_name, currency, measure, amount as raw_amount, 0 as staging_amount from raw
    union all
    select table_name, currency, measure, 0 as raw_amount, amount as staging_amount from staging
),

compared as (
    select
        table_name,
        currency,
        measure,
        sum(raw_amount) as raw_amount,
        sum(staging_amount) as staging_amount
    from sides
    group by table_name, currency, measure
)

select *
from compared
where raw_amount is distinct from staging_amount
