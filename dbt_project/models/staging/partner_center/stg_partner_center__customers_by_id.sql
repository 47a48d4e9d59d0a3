-- Grain: one row per customer asked for by id.
with customers as (
    select
        sent.id,
        sent.commerce_id,
        sent.company_name,
        sent.culture,
        sent.country
    from {{ current_rows('customers_by_id') }}
),

cleaned as (
    select
        {{ fold_guid('id') }} as customer_id,
        {{ blank_to_null('commerce_id') }} as commerce_id,
        {{ blank_to_null('company_name') }} as company_name,
        {{ blank_to_null('culture') }} as culture,
        upper({{ blank_to_null('country') }}) as country
    from customers
)

select * from cleaned
