-- The breaks that stand and that nobody has accepted, with the one of each subject that totals may add.
-- Grain: one row per break (`break_id`).
{{ config(materialized='table') }}

with standing as (
    select
        open_breaks.*,
        statuses.status
    from {{ ref('int_breaks_open') }} as open_breaks
    inner join {{ ref('int_break_statuses') }} as statuses
        on open_breaks.break_id = statuses.break_id
),

-- That a side is missing stays so whatever is accepted: nothing was compared.
at_issue as (
    select *
    from standing
    where status <> 'accepted'
        or break_code in ({{ blocking_break_codes() }})
),

-- What was accepted no longer speaks for its subject, so the next one does.
ranked as (
    select
        break_id,
        break_code,
        status,
        severity,
        order_item_id,
        invoice_line_id,
        invoice_id,
        customer_id,
        period,
        currency,
        subject_key,
        at_risk_amount,
        row_number() over (
            partition by subject_key
            order by at_risk_amount desc nulls last, catalogue_order, break_id
        ) = 1 as is_primary
    from at_issue
)

select * from ranked
