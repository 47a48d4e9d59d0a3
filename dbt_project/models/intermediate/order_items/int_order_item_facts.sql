-- Grain: one row per order item: expectation, charges, entitlements and coverage side by side.
with expectations as (
    select
        order_item_id,
        order_id,
        customer_id,
        alternate_id,
        product_id,
        sku_id,
        billing_cycle,
        order_status,
        transaction_type,
        created_at,
        due_period,
        order_currency,
        is_one_time,
        expected_quantity,
        expected_amount,
        listed_amount,
        unit_price,
        has_cancelled_line,
        term_ends_at
    from {{ ref('int_order_item_expectations') }}
),

main_currencies as (
    select
        order_item_id,
        currency,
        charged_subtotal,
        charged_total,
        charged_pricing_subtotal,
        negative_total,
        unit_amount
    from {{ ref('int_order_item_currencies') }}
    where is_main_currency
),

loaded_months as (
    select distinct
        currency,
        period
    from {{ ref('int_documents') }}
    where is_counted and is_read and invoice_type = 'one_time' and has_invoice_details
),

suggested as (
    select distinct suggested_order_item_id as order_item_id
    from {{ ref('int_suggestions') }}
    where suggested_order_item_id is not null
),

first_horizon as (
    select min(horizon_at) as horizon_at
    from {{ ref('int_billing_horizons') }}
),

tax_inclusive as (
    select distinct customers.customer_id
    from {{ ref('stg_partner_center__customers_by_id') }} as customers
    inner join {{ ref('tax_countries') }} as tax_countries on customers.country = tax_countries.country
    where tax_countries.is_tax_inclusive
)

select
    expectations.*,
    coalesce(main_currencies.currency, expectations.order_currency) as billing_currency,
    main_currencies.currency as charged_currency,
    coalesce(charges.charged_quantity, 0) as charged_quantity,
    coalesce(main_currencies.charged_subtotal, 0) as charged_subtotal,
    coalesce(main_currencies.charged_total, 0) as charged_total,
    coalesce(main_currencies.charged_pricing_subtotal, 0) as charged_pricing_subtotal,
    coalesce(main_currencies.negative_total, 0) as negative_total,
    coalesce(charges.positive_charge_count, 0) as positive_charge_count,
    coalesce(charges.negative_charge_count, 0) as negative_charge_count,
    coalesce(charges.is_quantity_comparable, true) as is_quantity_comparable,
    coalesce(main_currencies.unit_amount, case when charges.order_item_id is null then expectations.unit_price end) as unit_amount,
    charges.first_charged_at,
    charges.last_charged_at,
    charges.last_purchase_at,
    charges.last_invoice_id,
    coalesce(entitlements.entitled_quantity, 0) as entitled_quantity,
    coalesce(entitlements.held_quantity, 0) as held_quantity,
    -- The status of the order and the entitlement each tell of deliveries to come, and the word of one of them is
    -- enough. A status is not asked for again once everything is there.
    case
        when
            coalesce(deliveries.pending_quantity, 0) > coalesce(entitlements.pending_quantity, 0)
            and (
                coalesce(entitlements.entitled_quantity, 0) < expectations.expected_quantity
                or not coalesce(coverage.is_entitlements_read, false)
            )
            then deliveries.pending_quantity
        else coalesce(entitlements.pending_quantity, 0)
    end as pending_quantity,
    coalesce(currencies.minor_digits, 2) as currency_digits,
    coalesce(currencies.tolerance_amount, {{ as_money("'0.01'") }}) as tolerance_amount,
    coalesce(order_currencies.minor_digits, 2) as order_currency_digits,
    coalesce(order_currencies.tolerance_amount, {{ as_money("'0.01'") }}) as order_tolerance_amount,
    changes.increased_at,
    changes.decreased_at,
    coalesce(changes.was_reduced_before, false) or expectations.has_cancelled_line as was_reduced_unseen,
    changes.reduced_before_at,
    expectations.created_at < coalesce(horizons.horizon_at, first_horizon.horizon_at) as is_before_horizon,
    coalesce(coverage.is_orders_read, false) or coalesce(coverage.is_compared and not coverage.is_known, false)
        as is_orders_read,
    coalesce(coverage.is_entitlements_read, false) as is_entitlements_read,
    loaded_months.period is not null as is_due_invoice_loaded,
    suggested.order_item_id is not null as is_suggested_candidate,
    tax_inclusive.customer_id is not null as is_tax_inclusive
from expectations
left join main_currencies on expectations.order_item_id = main_currencies.order_item_id
left join {{ ref('int_order_item_charges') }} as charges on expectations.order_item_id = charges.order_item_id
left join {{ ref('int_order_item_changes') }} as changes on expectations.order_item_id = changes.order_item_id
left join {{ ref('int_order_item_entitlements') }} as entitlements
    on
        expectations.order_item_id = entitlements.order_item_id
        and expectations.customer_id = entitlements.customer_id
left join {{ ref('int_order_item_deliveries') }} as deliveries
    on expectations.order_item_id = deliveries.order_item_id
left join {{ ref('int_customer_coverage') }} as coverage on expectations.customer_id = coverage.customer_id
left join {{ ref('currencies') }} as currencies
    on coalesce(main_currencies.currency, expectations.order_currency) = currencies.currency
left join {{ ref('currencies') }} as order_currencies on expectations.order_currency = order_currencies.currency
left join {{ ref('int_billing_horizons') }} as horizons
    on coalesce(main_currencies.currency, expectations.order_currency) = horizons.currency
cross join first_horizon
left join loaded_months
    on
        coalesce(main_currencies.currency, expectations.order_currency) = loaded_months.currency
        and expectations.due_period = loaded_months.period
left join suggested on expectations.order_item_id = suggested.order_item_id
left join tax_inclusive on expectations.customer_id = tax_inclusive.customer_id
