"""Carts: create, read, update, check out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.sandbox.carts import ERRORS, Cart, CartLine, Checkout
from pipelines.sandbox.replies import Reply, json_reply
from pipelines.sandbox.routes.common import NOT_MINE, Ask
from pipelines.sandbox.routes.customers import listed_customer
from pipelines.sandbox.wire import dumps, link, object_type

if TYPE_CHECKING:
    from pipelines.sandbox.app import SandboxApp

USER_ID = "1b2c3d4e-0000-4000-8000-00000000cafe"
# Sent on in an answer, under the names of the documented samples.
_ECHOED = {
    "catalogitemid": "catalogItemId",
    "friendlyname": "friendlyName",
    "quantity": "quantity",
    "billingcycle": "billingCycle",
    "termduration": "termDuration",
    "participants": "participants",
    "provisioningcontext": "provisioningContext",
    "renewsto": "renewsTo",
    "promotionid": "promotionId",
}


def answer(shop: SandboxApp, ask: Ask) -> object:
    """POST /customers/{id}/carts, GET and PUT /customers/{id}/carts/{id}, POST …/checkout."""
    if ask.area != "v1" or ask.parts[:1] != ["customers"] or ask.parts[2:3] != ["carts"]:
        return NOT_MINE
    customer = listed_customer(shop, ask.parts[1])
    desk = shop.carts

    def once(act: Any) -> Any:
        return desk.once(ask.header("ms-requestid"), f"{ask.method} {ask.call.path}", act)

    match ask.method, ask.parts[3:]:
        case "POST", []:
            return _made(shop, once(lambda: desk.create(shop, customer, ask.json())))
        case "GET", [cart_id]:
            return cart_body(shop, desk.find(shop, customer, cart_id))
        case "PUT", [cart_id]:
            return _made(shop, once(lambda: desk.update(shop, customer, cart_id, ask.json())))
        case "POST", [cart_id, "checkout"]:
            return _checked_out(shop, ask, once(lambda: desk.checkout(shop, customer, cart_id)))
    return NOT_MINE


def cart_body(shop: SandboxApp, cart: Cart) -> dict[str, Any]:
    """A cart as sent."""
    return {
        "id": cart.id,
        "creationTimestamp": shop.bodies.when(cart.created_at, cart.id),
        "lastModifiedTimestamp": shop.bodies.when(cart.modified_at, cart.id),
        "expirationTimestamp": shop.bodies.when(cart.expires_at, cart.id),
        "lastModifiedUser": USER_ID,
        "status": "Ordered" if cart.is_ordered else "Active",
        "lineItems": [_line_body(shop, cart, line) for line in cart.lines],
        "links": {"self": link(f"/customers/{cart.customer.id}/carts/{cart.id}")},
        "attributes": object_type("Cart"),
    }


def _line_body(shop: SandboxApp, cart: Cart, line: CartLine) -> dict[str, Any]:
    body: dict[str, Any] = {"id": line.number}
    body |= {_ECHOED[key]: value for key, value in line.asked.items() if key in _ECHOED and value is not None}
    body["currencyCode"] = cart.customer.billing_currency
    body["orderGroup"] = line.group
    if line.addons:
        body["addonItems"] = [_line_body(shop, cart, addon) for addon in line.addons]
    if line.error:
        # Sent as a number or as a name.
        code: object = ERRORS[line.error] if shop.quirks and line.number % 2 else line.error
        body["error"] = {"errorCode": code, "errorDescription": line.error.replace("_", " ")}
    return body


def _made(shop: SandboxApp, cart: Cart) -> Reply:
    return json_reply(201, dumps(cart_body(shop, cart)))


def _checked_out(shop: SandboxApp, ask: Ask, done: Checkout) -> Reply:
    body: dict[str, Any] = {
        "orders": [shop.bodies.order(order, shop.clock, priced=False) for order in done.orders],
        "attributes": object_type("CartCheckoutResult"),
    }
    if done.errors:
        body["orderErrors"] = [
            {"orderGroupId": group, "code": code, "description": text} for group, code, text in done.errors
        ]
    reply = json_reply(201, dumps(body))
    if shop.quirks and ask.header("ms-contract-version"):
        # Documented with a stray character before the first brace: a byte order mark. Few clients can read it, and
        # those that send this header are taken to be among them.
        reply.body = b"\xef\xbb\xbf" + reply.body
    return reply
