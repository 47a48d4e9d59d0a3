-- Interface stub of int_balances; filled in next.
select
    {{ as_time('null') }} as read_at,
    {{ as_text('null') }} as currency,
    {{ as_text('null') }} as invoice_type,
    {{ as_money('null') }} as balance_amount,
    {{ as_money('null') }} as open_invoices_amount,
    {{ as_money('null') }} as difference_amount,
    {{ as_flag('null') }} as is_latest,
    {{ as_flag('null') }} as is_exempt,
    {{ as_time('null') }} as accounting_at
where 1 = 0
