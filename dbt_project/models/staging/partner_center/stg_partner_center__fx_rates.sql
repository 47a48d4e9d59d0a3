-- Grain: one row per month and currency.
with rates as (
    select
        sent._partition,
        sent._page,
        sent._position,
        sent.currency_code,
        sent.usd_per_unit
    from {{ current_rows('fx_rates') }}
),

cleaned as (
    select
        _partition,
        _page,
        _position,
        -- The column of the file is cut off in places; what was asked for is not.
        {{ partition_month('_partition', 2) }} as month,
        upper({{ blank_to_null('currency_code') }}) as currency,
        usd_per_unit
    from rates
)

select * from cleaned
