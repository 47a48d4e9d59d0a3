-- Control total: rows and money of every walk that counts, as the landing states them and as the raw tables
-- hold them. A row here is a partition whose loading lost, doubled or changed something.
with landing as (
    select
        totals.partition_id,
        totals.table_name,
        {{ counted_currency('totals.currency') }} as currency,
        totals.measure,
        sum(totals.amount) as amount
    from {{ source('partner_center_raw', 'load_control_totals') }} as totals
    inner join {{ source('partner_center_raw', 'load_ledger') }} as ledger
        on totals.partition_id = ledger.partition_id and totals.walk_id = ledger.walk_id
    group by totals.partition_id, totals.table_name, {{ counted_currency('totals.currency') }}, totals.measure
),

raw as (
    {% for counted in counted_tables() -%}
    select
        sent._partition as partition_id,
        '{{ counted.table }}' as table_name,
        '' as currency,
        'rows' as measure,
        {{ as_rate('count(*)') }} as amount
    from {{ current_rows(counted.table) }}
    group by sent._partition
    {% for column in counted.amounts %}
    union all
    select
        sent._partition as partition_id,
        '{{ counted.table }}' as table_name,
        {{ counted_currency('sent.' ~ counted.currency) }} as currency,
        '{{ column }}' as measure,
        {{ as_rate('coalesce(sum(sent.' ~ column ~ '), 0)') }} as amount
    from {{ current_rows(counted.table) }}
    group by sent._partition, {{ counted_currency('sent.' ~ counted.currency) }}
    {% endfor -%}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

sides as (
    select partition_id, table_name, currency, measure, amount as landing_amount, 0 as raw_amount
    from landing
    union all
    select partition_id, table_name, currency, measure, 0 as landing_amount, amount as raw_amount
    from raw
),

compared as (
    select
        partition_id,
        table_name,
        currency,
        measure,
        sum(landing_amount) as landing_amount,
        sum(raw_amount) as raw_amount
    from sides
    group by partition_id, table_name, currency, measure
)

select *
from compared
where landing_amount is distinct from raw_amount
