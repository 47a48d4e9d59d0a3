"""The orders of one customer with one billing cycle; asked for on demand, and equal to the list otherwise."""

from __future__ import annotations

from enum import Enum

from pipelines.partner_center.contract import Endpoint
from pipelines.partner_center.endpoints.orders import ORDER_LINE_TABLE, ORDER_TABLE, explode_order


class BillingType(Enum):
    """What the filter takes. Answers say `one_time` for what must be asked for as `onetime`."""

    ONE_TIME = "onetime"
    MONTHLY = "monthly"
    ANNUAL = "annual"
    BIENNIAL = "biennial"
    TRIENNIAL = "triennial"
    NONE = "none"
    UNKNOWN = "unknown"


ORDERS_BY_BILLING_TYPE = Endpoint(
    name="orders_by_billing_type",
    docs="Get a list of orders by customer and billing cycle type",
    path="/v1/customers/{customer_id}/orders",
    partition=("customer_id", "billing_type"),
    params=(("billingType", "{billing_type}"), ("include_price", "true"), ("include_system_purchases", "true")),
    keeps_states=True,
    tables=(ORDER_TABLE, ORDER_LINE_TABLE),
    explode=explode_order,
)
