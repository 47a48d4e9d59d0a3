-- Grain: one row per billed line of every provider, as sent; equal rows stay apart by where they stood. Daily usage,
-- which explains lines and is no part of a total, stands in `int_usage_lines`.
{{ config(materialized='view') }}

select
    {{ billed_line_row(kept_columns(billed_line_columns())) }},
    {{ hash_of(line_identity_parts('onetime_billing')) }} as line_hash
from {{ ref('stg_partner_center__invoice_line_items') }}

union all

select
    {{ billed_line_row(kept_columns(billed_line_columns())) }},
    line_hash
from {{ ref('int_legacy_lines') }}
