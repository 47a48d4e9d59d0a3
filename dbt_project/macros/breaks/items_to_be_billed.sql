{#
  True for an order item that its month's invoice has to bill and that no purchase charge has billed yet.
  Also where the customer's orders cannot be read any more: the order was there. Speaks of the columns of
  `int_order_items`.
#}
{% macro is_still_to_be_billed() -%}
    coalesce(
        is_one_time
        and is_before_horizon is not true
        and {{ fold_word('order_status') }} = 'completed'
        and expected_quantity > 0
        and coalesce(expected_amount, 1) <> 0
        and coalesce({{ fold_word('transaction_type') }}, '') <> 'systembilling'
        and coalesce(positive_charge_count, 0) = 0,
        false
    )
{%- endmacro %}
