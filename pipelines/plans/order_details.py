"""What no rule looks at, of orders and entitlements: asked for only where the load names it."""

from __future__ import annotations

from pipelines.partner_center.endpoints import (
    ENTITLEMENTS_BY_TYPE,
    ORDER_ACTIVATION_LINKS,
    ORDERS_BY_BILLING_TYPE,
    SUBSCRIPTIONS_BY_ORDER,
)
from pipelines.partner_center.endpoints.entitlements_by_type import ENTITLEMENT_TYPES
from pipelines.partner_center.endpoints.orders_by_billing_type import BillingType
from pipelines.partner_center.source import DATASET
from pipelines.partner_center.walks import WalkRequest
from pipelines.plans.plan import Plan

TITLE = "details of orders and entitlements"
# The tables are asked only where a detail was named.
NEEDS_LOADED = False


def requests(plan: Plan) -> list[WalkRequest]:
    """One-time orders by billing type, entitlements by type, subscriptions of recurring orders, activation links."""
    wanted = []
    if ORDERS_BY_BILLING_TYPE.name in plan.named:
        for customer_id in plan.customers:
            values = {"customer_id": customer_id, "billing_type": BillingType.ONE_TIME.value}
            wanted.append(WalkRequest(ORDERS_BY_BILLING_TYPE, values))
    if ENTITLEMENTS_BY_TYPE.name in plan.named:
        for customer_id in plan.customers:
            for kind in ENTITLEMENT_TYPES:
                values = {"customer_id": customer_id, "entitlement_type": kind}
                wanted.append(WalkRequest(ENTITLEMENTS_BY_TYPE, values))
    if SUBSCRIPTIONS_BY_ORDER.name in plan.named:
        for customer_id, order_id, _ in _lines(plan, is_one_time=False):
            values = {"customer_id": customer_id, "order_id": order_id}
            wanted.append(WalkRequest(SUBSCRIPTIONS_BY_ORDER, values, not_found_is_empty=True))
    if ORDER_ACTIVATION_LINKS.name in plan.named:
        for customer_id, order_id, number in _lines(plan, is_one_time=True):
            values = {"customer_id": customer_id, "order_id": order_id, "line_item_number": str(number)}
            wanted.append(WalkRequest(ORDER_ACTIVATION_LINKS, values, not_found_is_empty=True))
    return list({request.partition_id: request for request in wanted}.values())


def _lines(plan: Plan, *, is_one_time: bool) -> list[tuple[str, str, int]]:
    """Customer, order and number of every order line that was read."""
    with plan.database() as connection:
        return connection.execute(
            f"""
            select distinct l.customer_id, o.id, i.line_item_number
            from {DATASET}.orders o
            join {DATASET}.load_ledger l on l.partition_id = o._partition and l.walk_id = o._walk_id
            join {DATASET}.order_line_items i
                on i._partition = o._partition and i._walk_id = o._walk_id and i.order_id = o.id
            where (replace(lower(coalesce(o.billing_cycle, '')), '_', '') = 'onetime') = ?
            order by 1, 2, 3
            """,
            [is_one_time],
        ).fetchall()
