-- Grain: one row per customer in the partner's list.
with customers as (
    select
        sent.id,
        sent.tenant_id,
        sent.domain,
        sent.company_name,
        sent.relationship_to_partner
    from {{ current_rows('customers') }}
),

cleaned as (
    select
        {{ fold_guid('id') }} as customer_id,
        {{ fold_guid('tenant_id') }} as tenant_id,
        {{ blank_to_null('domain') }} as domain,
        {{ blank_to_null('company_name') }} as company_name,
        {{ blank_to_null('relationship_to_partner') }} as relationship_to_partner
    from customers
)

select * from cleaned
