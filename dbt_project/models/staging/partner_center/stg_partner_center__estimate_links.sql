-- Grain: one row per unbilled call that the API offers for a currency.
with links as (
    select
        ledger.currency as asked_currency,
        ledger.read_at,
        ledger.checked_at,
        sent.type,
        sent.title,
        sent.description,
        sent.period,
        sent.link_uri
    from {{ current_rows('estimate_links') }}
),

cleaned as (
    select
        upper({{ blank_to_null('asked_currency') }}) as currency,
        read_at,
        coalesce(checked_at, read_at) as checked_at,
        {{ fold_word('type') }} as estimate_type,
        {{ blank_to_null('title') }} as title,
        {{ blank_to_null('description') }} as description,
        {{ fold_word('period') }} as period,
        {{ blank_to_null('link_uri') }} as link_uri
    from links
)

select * from cleaned
