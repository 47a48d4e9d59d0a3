-- Grain: one row per period, currency, kind, part and reason: what was compared with what, what was not, and why not.
with gathered as (
    {%- for model in ['int_coverage_lines', 'int_coverage_orders', 'int_coverage_readings'] %}
    select
        {%- for column in coverage_columns() %}
        {{ column }}{{ "," if not loop.last }}
        {%- endfor %}
    from {{ ref(model) }}
    {{- "\n    union all" if not loop.last }}
    {%- endfor %}
)

select
    {{ hash_of(['period', 'currency', 'kind', 'part', 'not_compared_reason', 'partition_id']) }} as coverage_id,
    period,
    currency,
    kind,
    part,
    compared_with,
    not_compared_reason,
    partition_id,
    {{ as_count('case when not_compared_reason is null then row_count else 0 end') }} as compared_count,
    {{ as_money('case when not_compared_reason is null then amount end') }} as compared_amount,
    {{ as_count('case when not_compared_reason is null then 0 else row_count end') }} as not_compared_count,
    {{ as_money('case when not_compared_reason is null then null else amount end') }} as not_compared_amount
from gathered
