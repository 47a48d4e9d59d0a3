"""One order by id: for orders that a charge or an entitlement names and that no list has shown yet."""

from __future__ import annotations

from pipelines.partner_center.contract import Endpoint
from pipelines.partner_center.endpoints.orders import ORDER_LINE_TABLE, ORDER_TABLE, explode_order

ORDERS_BY_ID = Endpoint(
    name="orders_by_id",
    docs="Get an order by ID",
    path="/v1/customers/{customer_id}/orders/{order_id}",
    partition=("customer_id", "order_id"),
    params=(("include_price", "true"),),
    items="single",
    keeps_states=True,
    tables=(ORDER_TABLE, ORDER_LINE_TABLE),
    explode=explode_order,
)
