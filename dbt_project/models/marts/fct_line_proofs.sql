-- Grain: one row per billed line of a counted document and proof ('formula', 'total', 'tax_rate', 'fx_rate').
-- What cannot be proven says why; the rules about single lines find exactly the proofs that fail.
with lines as (
    select
        invoice_line_id,
        invoice_id,
        billing_provider,
        line_class,
        customer_id,
        customer_country,
        coalesce(resolved_order_id, order_id) as order_id,
        effective_unit_price,
        billable_quantity,
        fx_rate,
        fx_rate_at,
        pricing_currency,
        charge_start_at,
        subtotal,
        tax_total,
        total,
        currency,
        tolerance_amount,
        period
    from {{ ref('int_lines') }}
    where is_counted and line_item_type = 'billing'
),

formulas as (
    select
        lines.*,
        'formula' as proof,
        case
            when formulas.invoice_line_id is null then null
            else {{ decimal_text('lines.effective_unit_price') }} || ' x ' || {{ decimal_text('lines.billable_quantity') }}
                || ' at rate ' || {{ decimal_text('lines.fx_rate') }}
        end as inputs,
        case
            when lines.line_class = 'usage' then 'subtotal = cut(cut(effective unit price x billable quantity) x exchange rate)'
            else 'subtotal = cut(effective unit price x exchange rate) x billable quantity'
        end as formula,
        formulas.expected_subtotal as expected_amount,
        lines.subtotal as actual_amount,
        {{ as_money('null') }} as difference_amount,
        {{ as_rate('null') }} as expected_rate,
        {{ as_rate('null') }} as actual_rate,
        lines.tolerance_amount as allowed_amount,
        case
            when lines.billing_provider <> 'onetime' then 'no formula is documented for lines of ' || lines.billing_provider
            when lines.effective_unit_price is null then 'no effective unit price'
            when lines.billable_quantity is null then 'no billable quantity'
            when lines.fx_rate is null then 'no exchange rate'
            when lines.charge_start_at is null then 'old row without a charge period'
            when formulas.invoice_line_id is null then 'no formula'
        end as not_proven_reason
    from lines
    left join {{ ref('int_line_formulas') }} as formulas on lines.invoice_line_id = formulas.invoice_line_id
),

totals as (
    select
        lines.*,
        'total' as proof,
        {{ decimal_text('lines.subtotal') }} || ' + ' || {{ decimal_text('lines.tax_total') }} as inputs,
        'total = subtotal + tax' as formula,
        lines.subtotal + lines.tax_total as expected_amount,
        lines.total as actual_amount,
        {{ as_money('null') }} as difference_amount,
        {{ as_rate('null') }} as expected_rate,
        {{ as_rate('null') }} as actual_rate,
        lines.tolerance_amount as allowed_amount,
        case when lines.subtotal is null or lines.tax_total is null or lines.total is null then 'no subtotal, tax or total' end as not_proven_reason
    from lines
),

tax_rates as (
    select
        lines.*,
        'tax_rate' as proof,
        {{ decimal_text('lines.subtotal') }} || ' at ' || {{ permille_text('taxes.usual_permille') }} as inputs,
        'tax = subtotal x the rate of most money of the invoice in the country' as formula,
        taxes.expected_tax as expected_amount,
        lines.tax_total as actual_amount,
        taxes.difference_amount,
        {{ as_rate(permille_rate('taxes.usual_permille')) }} as expected_rate,
        {{ as_rate(permille_rate('taxes.tax_permille')) }} as actual_rate,
        taxes.allowed_amount,
        case
            when lines.customer_country is null then 'no country'
            when taxes.invoice_line_id is null and lines.subtotal = 0 then 'nothing to tax'
            when taxes.invoice_line_id is null then 'no single tax rate is known for ' || lines.customer_country
            when taxes.usual_permille is null then 'fewer than five lines of ' || lines.customer_country || ' on the invoice'
        end as not_proven_reason
    from lines
    left join {{ ref('int_line_taxes') }} as taxes on lines.invoice_line_id = taxes.invoice_line_id
),

fx_rates as (
    select
        lines.*,
        'fx_rate' as proof,
        {{ decimal_text('rates.pricing_amount') }} || ' ' || lines.pricing_currency || ' at rate ' || {{ decimal_text('lines.fx_rate') }} as inputs,
        case
            when rates.is_same_currency then 'rate = 1, as price and bill are in one currency'
            else 'rate = the rate of most money of the same two currencies and rate date'
        end as formula,
        {{ multiply_decimals('rates.pricing_amount', 'rates.expected_rate') }} as expected_amount,
        {{ multiply_decimals('rates.pricing_amount', 'rates.expected_rate') }} + rates.difference_amount as actual_amount,
        rates.difference_amount,
        rates.expected_rate,
        lines.fx_rate as actual_rate,
        {{ as_money('0') }} as allowed_amount,
        case
            when lines.billing_provider <> 'onetime' then 'lines of ' || lines.billing_provider || ' are not converted'
            when lines.fx_rate is null then 'no exchange rate'
            when lines.effective_unit_price is null or lines.billable_quantity is null then 'no price or quantity to convert'
            when lines.pricing_currency is null then 'no pricing currency'
            when rates.invoice_line_id is null then 'no rate date'
        end as not_proven_reason
    from lines
    left join {{ ref('int_line_rates') }} as rates on lines.invoice_line_id = rates.invoice_line_id
),

proofs as (
    select * from formulas
    union all
    select * from totals
    union all
    select * from tax_rates
    union all
    select * from fx_rates
),

measured as (
    select
        *,
        coalesce(difference_amount, actual_amount - expected_amount) as measured_difference
    from proofs
)

select
    {{ hash_of(['invoice_line_id', 'proof']) }} as line_proof_id,
    invoice_line_id,
    proof,
    invoice_id,
    billing_provider,
    line_class,
    customer_id,
    order_id,
    period,
    currency,
    case when not_proven_reason is null then inputs end as inputs,
    formula,
    {{ as_money('case when not_proven_reason is null then expected_amount end') }} as expected_amount,
    {{ as_money('actual_amount') }} as actual_amount,
    {{ as_money('case when not_proven_reason is null then measured_difference end') }} as difference_amount,
    {{ as_money('case when not_proven_reason is null then allowed_amount end') }} as allowed_amount,
    {{ as_rate('case when not_proven_reason is null then expected_rate end') }} as expected_rate,
    {{ as_rate('actual_rate') }} as actual_rate,
    case
        when not_proven_reason is not null then null
        when proof = 'fx_rate' then actual_rate = expected_rate
        else abs(measured_difference) <= allowed_amount
    end as within_tolerance,
    not_proven_reason
from measured
