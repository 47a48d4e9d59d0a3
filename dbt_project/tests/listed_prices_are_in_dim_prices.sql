-- Control total: every row of every sheet is counted in one price.
select
    staged.row_count as staged_count,
    published.row_count as published_count
from (select count(*) as row_count from {{ ref('stg_partner_center__price_sheets') }}) as staged
cross join (select coalesce(sum(row_count), 0) as row_count from {{ ref('dim_prices') }}) as published
where staged.row_count is distinct from published.row_count
