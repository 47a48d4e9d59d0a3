-- Grain: one row per order item: the timing windows that could explain it, each with its end.
with facts as (
    select
        order_item_id,
        order_status,
        transaction_type,
        created_at,
        is_one_time,
        is_before_horizon,
        is_entitlements_read,
        expected_quantity,
        expected_amount,
        charged_quantity,
        entitled_quantity,
        pending_quantity,
        increased_at,
        decreased_at,
        reduced_before_at,
        was_reduced_unseen,
        case when created_at is null or increased_at > created_at then increased_at else created_at end as grown_at,
        case
            when decreased_at is not null then decreased_at
            when was_reduced_unseen and reduced_before_at is not null then reduced_before_at
            -- Reduced before anyone looked, and nothing on record: the end of the month of the last purchase on an invoice stands for the time.
            when was_reduced_unseen and last_purchase_at is not null
                then {{ add_months(month_start('last_purchase_at'), 1) }} - interval '1' microsecond
        end as reduced_at
    from {{ ref('int_order_item_facts') }}
),

changes as (
    select
        *,
        case
            when decreased_at is not null and (increased_at is null or increased_at <= decreased_at) then 'decrease'
            when increased_at is not null then 'increase'
            when was_reduced_unseen then 'decrease'
        end as last_change
    from facts
),

pending_limits as (
    select cast(window_hours as integer) as pending_hours
    from {{ ref('timing_windows') }}
    where timing_code = 'not_yet_invoiced'
),

hour_limits as (
    select
        max(case when timing_code = 'provisioning_pending' then cast(window_hours as integer) end) as provisioning_hours,
        max(case when timing_code = 'deprovisioning_pending' then cast(window_hours as integer) end) as deprovisioning_hours
    from {{ ref('timing_windows') }}
),

-- An estimate that was refused since says nothing of today.
unbilled as (
    select
        order_item_id,
        max(due_at) as unbilled_due_at
    from {{ ref('int_unbilled_items') }}
    where is_complete and unbilled_quantity > 0
    group by order_item_id
),

dues as (
    select
        changes.*,
        unbilled.unbilled_due_at,
        case
            when order_status = 'pending' and {{ add_hours('created_at', 'pending_hours') }} > {{ eleventh_after('grown_at') }}
                then {{ add_hours('created_at', 'pending_hours') }}
            else {{ eleventh_after('grown_at') }}
        end as invoice_due_at,
        {{ eleventh_after('reduced_at') }} as credit_due_at,
        {{ add_hours('grown_at', 'provisioning_hours') }} as provisioning_due_at,
        -- Reduced at a time that nothing tells: not before it was created.
        {{ add_hours('coalesce(reduced_at, created_at)', 'deprovisioning_hours') }} as deprovisioning_due_at
    from changes
    cross join pending_limits
    cross join hour_limits
    left join unbilled on changes.order_item_id = unbilled.order_item_id
)

select
    order_item_id,
    last_change,
    reduced_at,
    grown_at,
    decreased_at is not null or was_reduced_unseen as was_ever_reduced,
    unbilled_due_at,
    decreased_at is null and reduced_before_at is null as is_reduction_assumed,
    invoice_due_at,
    credit_due_at,
    provisioning_due_at,
    deprovisioning_due_at,
    coalesce(
        is_one_time and charged_quantity < expected_quantity and unbilled_due_at > {{ as_of() }},
        false
    ) as is_window_on_unbilled,
    -- No first charge is awaited for what costs nothing, or for what the system bills by itself.
    coalesce(
        is_one_time and charged_quantity < expected_quantity
        and (
            charged_quantity <> 0
            or ((expected_amount is distinct from 0) and (transaction_type is distinct from 'system_billing'))
        )
        and invoice_due_at > {{ as_of() }},
        false
    ) as is_window_not_yet_invoiced,
    coalesce(
        is_one_time and charged_quantity > expected_quantity and last_change = 'decrease'
        and credit_due_at > {{ as_of() }},
        false
    ) as is_window_credit_due,
    coalesce(
        is_one_time
        and (
            (is_entitlements_read and entitled_quantity < expected_quantity)
            or (pending_quantity > 0 and expected_quantity > 0)
        )
        and provisioning_due_at > {{ as_of() }},
        false
    ) as is_window_provisioning,
    coalesce(
        is_one_time and is_entitlements_read and entitled_quantity > expected_quantity and last_change = 'decrease'
        and deprovisioning_due_at > {{ as_of() }},
        false
    ) as is_window_deprovisioning
from dues
