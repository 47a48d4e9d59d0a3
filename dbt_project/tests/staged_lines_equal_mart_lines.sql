-- Control total: rows and money of the billed lines per document and currency, in staging and in the mart.
with staging as (
    select
        invoice_id,
        currency,
        count(*) as row_count,
        sum(subtotal) as subtotal,
        sum(tax_total) as tax_total,
        sum(total) as total
    from {{ ref('stg_partner_center__invoice_line_items') }}
    group by invoice_id, currency
),

mart as (
    select
        invoice_id,
        currency,
        count(*) as row_count,
        sum(subtotal) as subtotal,
        sum(tax_total) as tax_total,
        sum(total) as total
    from {{ ref('fct_invoice_lines') }}
    group by invoice_id, currency
),

sides as (
    select 1 as side, invoice_id, currency, row_count, subtotal, tax_total, total from staging
    union all
    select -1 as side, invoice_id, currency, row_count, subtotal, tax_total, total from mart
),

compared as (
    select
        invoice_id,
        currency,
        sum(side * row_count) as rows_lost,
        sum(side * subtotal) as subtotal_lost,
        sum(side * tax_total) as tax_lost,
        sum(side * total) as total_lost
    from sides
    group by invoice_id, currency
)

select *
from compared
where rows_lost <> 0 or subtotal_lost <> 0 or tax_lost <> 0 or total_lost <> 0
