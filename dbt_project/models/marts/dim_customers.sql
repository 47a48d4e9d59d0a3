-- Grain: one row per customer that any record names.
with listed as (
    select
        customer_id,
        min(company_name) as company_name,
        min(domain) as domain,
        min(relationship_to_partner) as relationship_to_partner
    from {{ ref('stg_partner_center__customers') }}
    group by customer_id
),

by_id as (
    select
        customer_id,
        min(company_name) as company_name,
        min(country) as country
    from {{ ref('stg_partner_center__customers_by_id') }}
    group by customer_id
),

-- Lines name customers that the list may not know.
billed as (
    select
        customer_id,
        max(customer_name) as customer_name,
        max(customer_country) as country
    from {{ ref('int_billed_lines') }}
    group by customer_id
)

select
    coverage.customer_id,
    coalesce(listed.company_name, by_id.company_name, billed.customer_name) as company_name,
    listed.domain,
    coalesce(by_id.country, billed.country) as country,
    listed.relationship_to_partner,
    coverage.is_known,
    coverage.is_orders_read,
    coverage.is_entitlements_read,
    coverage.is_compared
from {{ ref('int_customer_coverage') }} as coverage
left join listed on coverage.customer_id = listed.customer_id
left join by_id on coverage.customer_id = by_id.customer_id
left join billed on coverage.customer_id = billed.customer_id
