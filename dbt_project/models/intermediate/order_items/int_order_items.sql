-- Grain: one row per order item: all lines of one order with the same product and SKU, the unit of reconciliation.
with expected_rules as (
    select
        billing_cycle,
        product_id,
        sku_id,
        is_expected
    from {{ ref('entitlement_expected') }}
),

-- The most exact row of the seed wins.
entitlement_rules as (
    select
        facts.order_item_id,
        expected_rules.is_expected,
        row_number() over (
            partition by facts.order_item_id
            order by expected_rules.sku_id desc, expected_rules.product_id desc, expected_rules.billing_cycle desc
        ) as preference
    from {{ ref('int_order_item_facts') }} as facts
    inner join expected_rules
        on
            expected_rules.billing_cycle in (facts.billing_cycle, '*')
            and expected_rules.product_id in (facts.product_id, '*')
            and expected_rules.sku_id in (facts.sku_id, '*')
)

select
    facts.order_item_id,
    facts.order_id,
    facts.customer_id,
    facts.alternate_id,
    facts.product_id,
    facts.sku_id,
    facts.billing_cycle,
    facts.order_status,
    facts.created_at,
    windows.reduced_at,
    facts.order_currency,
    facts.expected_quantity,
    facts.expected_amount,
    facts.charged_currency,
    {{ as_rate('facts.charged_quantity') }} as charged_quantity,
    {{ as_money('facts.charged_subtotal') }} as charged_subtotal,
    {{ as_money('facts.charged_total') }} as charged_total,
    {{ as_rate('facts.entitled_quantity') }} as entitled_quantity,
    case
        when not facts.is_one_time then null
        when facts.is_before_horizon then 'before_horizon'
        when windows.is_window_on_unbilled then 'on_unbilled'
        when windows.is_window_not_yet_invoiced then 'not_yet_invoiced'
        when windows.is_window_credit_due then 'credit_due'
        when windows.is_window_provisioning and (entitlement_rules.is_expected or facts.pending_quantity > 0) then 'provisioning_pending'
        when windows.is_window_deprovisioning then 'deprovisioning_pending'
    end as timing_code,
    case
        when not facts.is_one_time or facts.is_before_horizon then null
        when windows.is_window_on_unbilled then windows.unbilled_due_at
        when windows.is_window_not_yet_invoiced then windows.invoice_due_at
        when windows.is_window_credit_due then windows.credit_due_at
        when windows.is_window_provisioning and (entitlement_rules.is_expected or facts.pending_quantity > 0) then windows.provisioning_due_at
        when windows.is_window_deprovisioning then windows.deprovisioning_due_at
    end as timing_due_at,
    facts.is_one_time,
    coalesce(facts.is_before_horizon, false) as is_before_horizon,
    facts.is_orders_read,
    facts.is_entitlements_read,
    facts.is_one_time and not coalesce(facts.is_before_horizon, false) and facts.is_orders_read as is_in_scope,
    facts.transaction_type,
    facts.due_period,
    facts.is_due_invoice_loaded,
    {{ eleventh_after('windows.grown_at') }} as due_at,
    facts.increased_at,
    windows.last_change,
    windows.was_ever_reduced,
    {{ as_count('facts.positive_charge_count') }} as positive_charge_count,
    {{ as_count('facts.negative_charge_count') }} as negative_charge_count,
    {{ as_money('facts.tolerance_amount') }} as charged_tolerance_amount,
    {{ as_count('facts.currency_digits') }} as currency_digits,
    {{ as_money('facts.charged_pricing_subtotal') }} as charged_pricing_subtotal,
    {{ as_money('facts.negative_total') }} as negative_total,
    {{ as_rate('facts.unit_amount') }} as unit_amount,
    coalesce(entitlement_rules.is_expected, false) as is_entitlement_expected,
    coalesce(facts.term_ends_at <= {{ as_of() }}, false) as is_term_over,
    {{ as_rate('facts.pending_quantity') }} as pending_quantity,
    facts.is_quantity_comparable,
    facts.first_charged_at,
    facts.last_charged_at,
    facts.last_invoice_id,
    windows.is_window_on_unbilled,
    windows.is_window_not_yet_invoiced,
    windows.is_window_credit_due,
    windows.is_window_provisioning
    and (coalesce(entitlement_rules.is_expected, false) or facts.pending_quantity > 0) as is_window_provisioning,
    windows.is_window_deprovisioning,
    facts.is_suggested_candidate,
    facts.billing_currency,
    {{ as_count('facts.order_currency_digits') }} as order_currency_digits,
    {{ as_money('facts.order_tolerance_amount') }} as order_tolerance_amount,
    facts.listed_amount,
    facts.is_tax_inclusive,
    {{ as_rate('facts.held_quantity') }} as held_quantity,
    windows.provisioning_due_at,
    windows.deprovisioning_due_at,
    windows.reduced_at is not null and windows.is_reduction_assumed as is_reduction_assumed
from {{ ref('int_order_item_facts') }} as facts
inner join {{ ref('int_order_item_windows') }} as windows on facts.order_item_id = windows.order_item_id
left join entitlement_rules
    on facts.order_item_id = entitlement_rules.order_item_id and entitlement_rules.preference = 1
