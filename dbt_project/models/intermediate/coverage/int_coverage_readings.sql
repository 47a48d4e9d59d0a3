-- Grain: one row per period, currency, kind of reading and reason: balances, estimates, the change feed, and what could not be read.
with unread as (
    select
        endpoint,
        partition_id,
        month,
        currency,
        status,
        coalesce(failure_reason, 'not read yet') || case when status = 'stale' then ' (an older reading stands in)' else '' end as reason
    from {{ ref('stg_partner_center__load_ledger') }}
    where not is_complete
),

unbilled as (
    select
        month as period,
        reading_currency as currency,
        coalesce(line_class, 'unknown class') as part,
        subtotal,
        case
            when not is_complete then 'could not be read again'
            when line_class <> 'one_time' then 'not a one-time charge'
            when order_item_id is null then 'names no known order item'
        end as reason
    from {{ ref('int_unbilled_lines') }}
    where is_last_reading
),

feed_days as (
    select
        substr({{ part_of('partition_id', '/', 2) }}, 1, 7) as period,
        case when not is_complete then coalesce(failure_reason, 'not read yet') end as reason,
        case when not is_complete then partition_id end as partition_id
    from {{ ref('stg_partner_center__load_ledger') }}
    where endpoint = 'audit_records'
),

newest_balances as (
    select
        {{ period_of('read_at') }} as period,
        currency,
        invoice_type,
        balance_amount,
        case
            when is_exempt then 'one of its parts differs already'
            when not is_latest then 'could not be read again'
        end as reason,
        row_number() over (partition by currency, invoice_type order by read_at desc) as recency
    from {{ ref('int_balances') }}
),

gathered as (
    select {{ coverage_row({
        'period': 'period', 'currency': 'currency', 'kind': "'balances'", 'part': 'invoice_type', 'compared_with': "'open documents'",
        'not_compared_reason': 'reason', 'row_count': 'count(*)', 'amount': 'sum(balance_amount)'
    }) }}
    from newest_balances
    where recency = 1
    group by period, currency, invoice_type, reason

    union all

    select {{ coverage_row({
        'period': 'period', 'currency': 'currency', 'kind': "'unbilled'", 'part': 'part', 'compared_with': "'charges'",
        'not_compared_reason': 'reason', 'row_count': 'count(*)', 'amount': 'sum(subtotal)'
    }) }}
    from unbilled
    group by period, currency, part, reason

    union all

    select {{ coverage_row({
        'period': 'period', 'kind': "'audit_feed'", 'part': "'days'", 'compared_with': "'orders'",
        'not_compared_reason': 'reason', 'partition_id': 'partition_id', 'row_count': 'count(*)'
    }) }}
    from feed_days
    group by period, reason, partition_id

    union all

    select {{ coverage_row({
        'period': "case when month like '____-__' then month end", 'currency': 'currency', 'kind': "'readings'", 'part': 'endpoint', 'compared_with': "'the API'",
        'not_compared_reason': 'reason', 'partition_id': 'partition_id', 'row_count': 'count(*)'
    }) }}
    from unread
    where endpoint <> 'audit_records'
    group by case when month like '____-__' then month end, currency, endpoint, reason, partition_id
)

select * from gathered
