"""What each customer ordered and received."""

from __future__ import annotations

from pipelines.partner_center.endpoints import CUSTOMERS_BY_ID, ENTITLEMENTS, ORDERS
from pipelines.partner_center.walks import WalkRequest
from pipelines.plans.plan import Plan

TITLE = "orders and entitlements"
NEEDS_LOADED = False


def requests(plan: Plan) -> list[WalkRequest]:
    """Orders and entitlements of every customer; the customer itself until it has once been read."""
    wanted = []
    for customer_id in plan.customers:
        partition = {"customer_id": customer_id}
        wanted.append(WalkRequest(ORDERS, partition))
        wanted.append(WalkRequest(ENTITLEMENTS, partition))
        if plan.landing.partition("customers_by_id", partition, "").current is None:
            wanted.append(WalkRequest(CUSTOMERS_BY_ID, partition))
    return wanted
