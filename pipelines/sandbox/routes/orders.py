"""Orders: all of a customer, and one by its id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.sandbox.replies import Refused
from pipelines.sandbox.routes.common import NOT_MINE, Ask, envelope
from pipelines.sandbox.routes.customers import listed_customer

if TYPE_CHECKING:
    from pipelines.sandbox.app import SandboxApp


def answer(shop: SandboxApp, ask: Ask) -> object:
    """GET /customers/{id}/orders, /customers/{id}/orders/{id}."""
    match ask.get_parts:
        case ["customers", customer_id, "orders"]:
            return _orders(shop, ask, customer_id.lower())
        case ["customers", customer_id, "orders", order_id]:
            return _order(shop, ask, customer_id.lower(), order_id)
    return NOT_MINE


def _orders(shop: SandboxApp, ask: Ask, customer_id: str) -> Any:
    listed_customer(shop, customer_id)
    refuse_forbidden(shop, customer_id)
    orders = shop.bodies.orders(
        customer_id,
        shop.clock,
        priced=_priced(shop, ask),
        system=ask.query.get("include_system_purchases", "").lower() == "true",
    )
    return envelope(orders, f"/customers/{customer_id}/orders")


def _order(shop: SandboxApp, ask: Ask, customer_id: str, order_id: str) -> Any:
    refuse_forbidden(shop, customer_id)
    for order in shop.world.orders.get(customer_id, ()):
        if order.id == order_id and order.created_at <= shop.clock and order.customer.is_listed:
            return shop.bodies.order(order, shop.clock, priced=_priced(shop, ask))
    raise Refused(404, 20000, "The order was not found.")


def refuse_forbidden(shop: SandboxApp, customer_id: str) -> None:
    """The fault: this customer's orders are closed to the partner."""
    if customer_id in shop.faults.faults.forbidden_orders:
        raise Refused(403, 20002, "The customer has no commerce relation to this partner.")


def _priced(shop: SandboxApp, ask: Ask) -> bool:
    wanted = ask.query.get("include_price", "").lower() == "true"
    if wanted and shop.faults.faults.refuse_prices:
        raise Refused(403, 800043, "No access to pricing information.")
    return wanted
