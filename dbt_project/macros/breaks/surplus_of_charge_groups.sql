{#
  Charge groups that charge more than is expected: (charge_group_id, net_quantity, expected_quantity,
  surplus_quantity). Charges without an order expect nothing, provided the customer's orders were read; where
  the expectation is not known (not compared, before the horizon) there is no row.
#}
{% macro surplus_of_charge_groups() -%}
    select
        charge_groups.charge_group_id,
        charge_groups.net_quantity,
        coalesce(order_items.expected_quantity, 0) as expected_quantity,
        charge_groups.net_quantity - coalesce(order_items.expected_quantity, 0) as surplus_quantity
    from {{ ref('int_charge_groups') }} as charge_groups
    left join {{ ref('int_order_items') }} as order_items
        on charge_groups.order_item_id = order_items.order_item_id
    where charge_groups.net_quantity > coalesce(order_items.expected_quantity, 0)
        and case
            when charge_groups.order_item_id is null
                then coalesce(charge_groups.customer_is_compared, false) and charge_groups.is_before_horizon is not true
            else coalesce(order_items.is_in_scope, false) and order_items.is_quantity_comparable is not false
        end
{%- endmacro %}
