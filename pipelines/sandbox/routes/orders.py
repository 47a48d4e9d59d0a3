"""Orders: all of a customer or those with one billing cycle, one by its id, and what hangs on an order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.sandbox.facts import Order, OrderLine
from pipelines.sandbox.replies import Refused
from pipelines.sandbox.routes.common import NOT_MINE, Ask, envelope
from pipelines.sandbox.routes.customers import listed_customer
from pipelines.sandbox.wire import link, object_type

if TYPE_CHECKING:
    from pipelines.sandbox.app import SandboxApp


# The names are taken in any case and without underscores only: `one_time`, as answers say, is refused.
BILLING_TYPES = frozenset({"onetime", "monthly", "annual", "biennial", "triennial", "none", "unknown"})


def answer(shop: SandboxApp, ask: Ask) -> object:
    """GET /customers/{id}/orders, …/orders/{id}, what hangs on an order, and its subscriptions."""
    match ask.get_parts:
        case ["customers", customer_id, "orders"]:
            return _orders(shop, ask, customer_id.lower())
        case ["customers", customer_id, "orders", order_id]:
            order = _order(shop, customer_id.lower(), order_id)
            return shop.bodies.order(order, shop.clock, priced=_priced(shop, ask))
        case ["customers", customer_id, "orders", order_id, "provisioningstatus"]:
            return _provisioning_status(shop, _order(shop, customer_id.lower(), order_id))
        case ["customers", customer_id, "orders", order_id, "lineitems", number, "activationlinks"]:
            return _activation_links(_order(shop, customer_id.lower(), order_id), number)
        case ["customers", customer_id, "subscriptions"]:
            return _subscriptions(shop, customer_id.lower(), ask.query.get("order_id", ""))
    return NOT_MINE


def _orders(shop: SandboxApp, ask: Ask, customer_id: str) -> Any:
    listed_customer(shop, customer_id)
    refuse_forbidden(shop, customer_id)
    kind = ask.query.get("billingtype", "").lower()
    if kind and kind not in BILLING_TYPES:
        raise Refused(400, 900126, f"The value {kind} is not valid for billingType.")
    orders = shop.bodies.orders(
        customer_id,
        shop.clock,
        priced=_priced(shop, ask),
        system=ask.query.get("include_system_purchases", "").lower() == "true",
    )
    if kind:
        orders = [order for order in orders if str(order["billingCycle"]).replace("_", "") == kind]
    return envelope(orders, f"/customers/{customer_id}/orders")


def _order(shop: SandboxApp, customer_id: str, order_id: str) -> Order:
    refuse_forbidden(shop, customer_id)
    for order in shop.orders_of(customer_id):
        if order.id == order_id and order.created_at <= shop.clock and order.customer.is_listed:
            return order
    raise Refused(404, 20000, "The order was not found.")


def _provisioning_status(shop: SandboxApp, order: Order) -> Any:
    """How far each line is; subscriptions, pending orders and orders that are only billed have no such status."""
    is_pending = order.status_at(shop.clock) == "pending"
    if order.billing_cycle != "one_time" or order.transaction_type == "SystemBilling" or is_pending:
        raise Refused(404, 800007, "There is no provisioning information for this order.")
    items = [_line_status(shop, order, line) for line in order.lines]
    return envelope(items, f"/customers/{order.customer.id}/orders/{order.id}/provisioningstatus")


def _line_status(shop: SandboxApp, order: Order, line: OrderLine) -> dict[str, Any]:
    bought = line.changes[0][1]
    quantity = 0 if order.status_at(shop.clock) == "cancelled" else line.quantity_at(shop.clock)
    waiting = min(line.waiting_at(shop.clock), quantity)
    parts = {
        "Fulfilled": quantity - waiting,
        "PrefulfillmentPending": waiting,
        "Unfulfilled": max(bought - quantity, 0) if quantity == 0 else 0,
    }
    status = "Unfulfilled" if quantity == 0 else "PrefulfillmentPending" if waiting else "Fulfilled"
    return {
        "lineItemNumber": line.number,
        "status": status,
        "quantityProvisioningInformation": [
            {"quantity": units, "status": name} for name, units in parts.items() if units
        ],
        "attributes": object_type("OrderLineItemProvisioningStatus"),
    }


def _activation_links(order: Order, number: str) -> Any:
    """Where the customer activates a line that is bought from a publisher; other lines have no link."""
    if not number.isdigit() or int(number) >= len(order.lines):
        raise Refused(404, 1000, "The order line was not found.")
    line = order.lines[int(number)]
    uri = f"https://activate.example.com/{order.alternate_id}/{line.number}"
    items = [{"lineItemNumber": line.number, "link": link(uri)}] if line.item.kind == "subscription" else []
    return envelope(items, f"/customers/{order.customer.id}/orders/{order.id}/lineitems/{number}/activationlinks")


def _subscriptions(shop: SandboxApp, customer_id: str, order_id: str) -> Any:
    """The subscriptions of one order: one for each line that recurs, and none for a one-time purchase."""
    customer = listed_customer(shop, customer_id)
    refuse_forbidden(shop, customer_id)
    colon = ": " if shop.quirks else ":"
    items = [
        {
            "id": line.subscription_id.lower(),
            "orderId": order.id,
            "offerId": f"{line.item.product_id}:{line.item.sku_id}:{line.item.availability_id}",
            "friendlyName": line.item.sku_name,
            "quantity": line.quantity_at(shop.clock),
            "unitType": "Licenses",
            "creationDate": shop.bodies.when(order.created_at, order.id),
            # Some moments come with blanks inside.
            "effectiveStartDate": shop.bodies.when(order.created_at, order.id).replace(":", colon),
            "commitmentEndDate": "9999-12-14T00:00:00Z",
            "status": "active" if line.quantity_at(shop.clock) else "deleted",
            "autoRenewEnabled": True,
            "isTrial": False,
            "billingType": "license",
            "billingCycle": order.billing_cycle,
            "termDuration": line.item.term,
            "contractType": "subscription",
            "attributes": {"etag": "pretend", "objectType": "Subscription"},
        }
        for order in shop.orders_of(customer.id)
        if order.id == order_id and order.created_at <= shop.clock
        for line in order.lines
        if line.subscription_id
    ]
    # This collection is documented without links.
    return {"totalCount": len(items), "items": items, "attributes": object_type("Collection")}


def refuse_forbidden(shop: SandboxApp, customer_id: str) -> None:
    """The fault: this customer's orders are closed to the partner."""
    if customer_id in shop.faults.faults.forbidden_orders:
        raise Refused(403, 20002, "The customer has no commerce relation to this partner.")


def _priced(shop: SandboxApp, ask: Ask) -> bool:
    wanted = ask.query.get("include_price", "").lower() == "true"
    if wanted and shop.faults.faults.refuse_prices:
        raise Refused(403, 800043, "No access to pricing information.")
    return wanted
