-- Grain: one row per billed line: what it says, its class, its match and its charge group.
with sent as (
    select
        _partition,
        _page,
        _position,
        invoice_id,
        billing_provider,
        line_item_type,
        source_api,
        charge_type,
        order_id,
        alternate_id,
        availability_id,
        reservation_order_id,
        currency,
        quantity,
        billable_quantity,
        unit_price,
        effective_unit_price,
        pricing_currency,
        fx_rate,
        fx_rate_at,
        subtotal,
        tax_total,
        total,
        charge_start_at,
        charge_end_at,
        customer_country,
        reseller_mpn_id,
        billing_frequency,
        meter_description,
        sent_order_id,
        sent_customer_id,
        subscription_id
    from {{ ref('int_billed_lines') }}
),

documents as (
    select
        invoice_id,
        currency,
        currency_digits,
        tolerance_amount,
        invoice_at,
        period,
        ties_on
    from {{ ref('int_documents') }}
),

coverage as (
    select
        customer_id,
        is_known,
        is_orders_read,
        orders_checked_at,
        is_compared
    from {{ ref('int_customer_coverage') }}
)

select
    classified.invoice_line_id,
    sent.invoice_id,
    sent.billing_provider,
    sent.line_item_type,
    sent.source_api,
    classified.line_class,
    sent.charge_type,
    classified.customer_id,
    sent.order_id,
    sent.alternate_id,
    classified.product_id,
    classified.sku_id,
    sent.availability_id,
    sent.reservation_order_id,
    sent.quantity,
    classified.signed_quantity,
    sent.billable_quantity,
    sent.unit_price,
    sent.effective_unit_price,
    sent.pricing_currency,
    sent.fx_rate,
    sent.fx_rate_at,
    classified.currency,
    sent.subtotal,
    sent.tax_total,
    sent.total,
    classified.order_at,
    sent.charge_start_at,
    sent.charge_end_at,
    case when suggestions.candidate_count = 1 then '5_suggested' else classified.match_pass end as match_pass,
    case when classified.order_item_id is not null then classified.resolved_order_id end as matched_order_id,
    classified.line_hash,
    classified.occurrence_number,
    classified.is_counted,
    classified.is_charge,
    documents.invoice_id is not null as is_document_known,
    documents.currency as document_currency,
    {{ as_count('coalesce(line_currencies.minor_digits, 2)') }} as currency_digits,
    {{ as_money("coalesce(line_currencies.tolerance_amount, cast('0.01' as " ~ money_type() ~ "))") }} as tolerance_amount,
    documents.invoice_at,
    documents.period,
    sent.customer_country,
    sent.reseller_mpn_id,
    sent.billing_frequency,
    sent.meter_description,
    sent.subscription_id,
    {{ document_amount('sent', 'documents') }} as document_amount,
    sent.sent_order_id,
    sent.sent_customer_id,
    classified.resolved_order_id,
    classified.resolved_customer_id,
    classified.order_item_id,
    case
        when not classified.is_charge then null
        when classified.order_item_id is not null then {{ hash_of(["'item'", 'classified.order_item_id']) }}
        else {{ unordered_group_id(
            'classified.customer_id', 'sent.order_id', 'sent.alternate_id', 'classified.product_id',
            'classified.sku_id', 'classified.invoice_line_id'
        ) }}
    end as charge_group_id,
    classified.is_order_line_found,
    suggestions.candidate_count,
    suggestions.order_count as candidate_order_count,
    suggestions.suggested_order_id,
    suggestions.suggested_order_item_id,
    coalesce(coverage.is_known, false) as customer_is_known,
    -- A line without a customer has nothing to be read, like one of somebody else's customer.
    coalesce(coverage.is_compared, classified.customer_id is null) as customer_is_compared,
    case when {{ is_order_too_new() }} then 'order_too_new' end as charge_group_timing_code,
    case
        when {{ is_order_too_new() }}
            then {{ add_hours('classified.order_at', 'too_new.window_hours') }}
    end as timing_due_at
from {{ ref('int_classified_lines') }} as classified
inner join sent
    on
        classified._partition = sent._partition
        and classified._page = sent._page
        and classified._position = sent._position
left join documents on sent.invoice_id = documents.invoice_id
left join {{ ref('currencies') }} as line_currencies on classified.currency = line_currencies.currency
left join coverage on classified.customer_id = coverage.customer_id
left join {{ ref('int_suggestions') }} as suggestions on classified.invoice_line_id = suggestions.invoice_line_id
left join {{ ref('timing_windows') }} as too_new on too_new.timing_code = 'order_too_new'
