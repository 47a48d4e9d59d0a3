-- Interface stub of int_periods; filled in next.
select
    {{ as_text('null') }} as period,
    {{ as_text('null') }} as currency,
    {{ as_count('null') }} as charges_count,
    {{ as_money('null') }} as charges_amount,
    {{ as_count('null') }} as order_items_of_month,
    {{ as_money('null') }} as not_compared_amount,
    {{ as_flag('null') }} as has_one_time_document
where 1 = 0
