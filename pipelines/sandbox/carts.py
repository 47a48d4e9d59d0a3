"""Carts: made, changed, and turned into orders once. Safe to use from several threads."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from pipelines.sandbox.catalog import Offer, billing_cycles, is_restricted, quantity_limits, terms
from pipelines.sandbox.facts import Customer, Order
from pipelines.sandbox.purchases import Wanted, buy
from pipelines.sandbox.replies import Refused

if TYPE_CHECKING:
    from pipelines.sandbox.app import SandboxApp

LIFETIME = timedelta(minutes=15)
REMEMBERED_ANSWERS = 5000
# Number and name of what can be wrong with a line; an answer uses either.
ERRORS = {
    "catalog_item_id_is_not_valid": 10001,
    "inventory_not_available": 10003,
    "invalid_input": 10010,
    "max_allowed_seats_per_subscription_exceeded": 10015,
}


@dataclass(frozen=True)
class CartLine:
    """One line as asked for, and what the shop makes of it."""

    number: int
    asked: dict[str, Any]
    offer: Offer | None
    group: str
    error: str = ""
    addons: tuple[CartLine, ...] = ()


@dataclass(frozen=True)
class Cart:
    """One cart."""

    id: str
    customer: Customer
    created_at: datetime
    modified_at: datetime
    expires_at: datetime
    lines: tuple[CartLine, ...]
    is_ordered: bool = False


@dataclass(frozen=True)
class Checkout:
    """What came of a checkout: orders, and groups that could not be ordered as (group, code, description)."""

    orders: tuple[Order, ...] = ()
    errors: tuple[tuple[str, int, str], ...] = ()


@dataclass
class CartDesk:
    """All carts, and the answers already given: the same request id gets the same answer again."""

    carts: dict[str, Cart] = field(default_factory=dict)
    _answers: dict[tuple[str, str], object] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def once(self, request_id: str, path: str, act: Callable[[], Any]) -> Any:
        """Acts once for a request id; whoever asks again gets what the first one got, refusals included."""
        with self._lock:
            key = (request_id, path)
            if not request_id or key not in self._answers:
                try:
                    found: object = act()
                except Refused as refused:
                    found = refused
                self._answers[key] = found
                if len(self._answers) > REMEMBERED_ANSWERS:
                    del self._answers[next(iter(self._answers))]
            found = self._answers[key]
        if isinstance(found, Refused):
            raise found
        return found

    def create(self, shop: SandboxApp, customer: Customer, asked: object) -> Cart:
        """A new cart."""
        now = shop.clock
        lines = read_lines(shop, customer, asked)
        cart = Cart(str(uuid.uuid4()), customer, now, now, now + LIFETIME, lines)
        self.carts[cart.id] = cart
        return cart

    def find(self, shop: SandboxApp, customer: Customer, cart_id: str) -> Cart:
        """A cart of this customer that has not expired."""
        cart = self.carts.get(cart_id.lower())
        if cart is None or cart.customer.id != customer.id or shop.clock >= cart.expires_at:
            raise Refused(404, 800008, "The cart was not found or has expired.")
        return cart

    def update(self, shop: SandboxApp, customer: Customer, cart_id: str, asked: object) -> Cart:
        """The cart with other lines."""
        cart = self.find(shop, customer, cart_id)
        if cart.is_ordered:
            raise Refused(400, 800065, "The cart was submitted already.")
        lines = read_lines(shop, customer, asked)
        cart = replace(cart, lines=lines, modified_at=shop.clock, expires_at=shop.clock + LIFETIME)
        self.carts[cart.id] = cart
        return cart

    def checkout(self, shop: SandboxApp, customer: Customer, cart_id: str) -> Checkout:
        """One order for each group; a group that cannot be delivered does not hold up the others."""
        cart = self.find(shop, customer, cart_id)
        if cart.is_ordered:
            raise Refused(400, 800065, "The cart was submitted already.")
        lines = [line for top in cart.lines for line in (top, *top.addons)]
        if any(line.error for line in lines):
            raise Refused(400, 800009, "The cart holds an item that cannot be ordered.")
        orders, errors = [], []
        for group in dict.fromkeys(line.group for line in lines):
            mine = [line for line in lines if line.group == group]
            if any(_is_sold_out(shop, line) for line in mine):
                errors.append((group, 800010, "There is no inventory for an item of this group."))
                continue
            wanted = [_wanted(line) for line in mine]
            cycle = str(mine[0].asked["billingcycle"])
            orders.append(buy(shop.live, customer, cycle, wanted, shop.clock, f"{cart.id}/{group}"))
        self.carts[cart.id] = replace(cart, is_ordered=True, modified_at=shop.clock)
        return Checkout(tuple(orders), tuple(errors))


def read_lines(shop: SandboxApp, customer: Customer, asked: object) -> tuple[CartLine, ...]:
    """The lines of a request; names come in any case, an add-on counts on and shares the group of its line."""
    lines = _small(asked).get("lineitems")
    if not isinstance(lines, list) or not lines:
        raise Refused(400, 800002, "The cart has no line items.")
    cycles: dict[str, str] = {}
    made: list[CartLine] = []
    number = 0
    for line in map(_small, lines):
        group = cycles.setdefault(str(line.get("billingcycle", "")), str(len(cycles)))
        top = _line(shop, customer, line, number, group)
        addons = []
        for addon in map(_small, line.get("addonitems") or []):
            number += 1
            addons.append(_line(shop, customer, addon, number, group))
        made.append(replace(top, addons=tuple(addons)))
        number += 1
    return tuple(made)


def _line(shop: SandboxApp, customer: Customer, line: dict[str, Any], number: int, group: str) -> CartLine:
    # One table of the pages calls it `catalogId`.
    catalog_item_id = str(line.get("catalogitemid") or line.get("catalogid") or "")
    offer = shop.catalog.offer(catalog_item_id, customer.country, shop.clock)
    asked = line | {"catalogitemid": catalog_item_id}
    return CartLine(number, asked, offer, group, _error_of(line, offer))


def _error_of(line: dict[str, Any], offer: Offer | None) -> str:
    """What is wrong with a line, by name; "" when nothing is."""
    if offer is None or not offer.is_purchasable:
        return "catalog_item_id_is_not_valid"
    quantity = line.get("quantity")
    if isinstance(quantity, bool) or not isinstance(quantity, int):
        return "invalid_input"
    least, most = quantity_limits(offer.item)
    if quantity > most:
        return "max_allowed_seats_per_subscription_exceeded"
    offered = {str(term["duration"]) for term in terms(offer.item)}
    is_wrong_term = bool(line.get("termduration")) and line["termduration"] not in offered
    if quantity < least or is_wrong_term or line.get("billingcycle") not in billing_cycles(offer.item):
        return "invalid_input"
    return "inventory_not_available" if is_restricted(offer.item, "") else ""


def _is_sold_out(shop: SandboxApp, line: CartLine) -> bool:
    return line.offer is not None and line.offer.item.product_id in shop.faults.faults.sold_out


def _wanted(line: CartLine) -> Wanted:
    assert line.offer is not None  # or the line had an error
    # What is ordered carries the availability that was chosen, and the term.
    term = str(line.asked.get("termduration") or line.offer.item.term)
    item = replace(line.offer.item, availability_id=line.offer.id, term=term)
    return Wanted(item, int(line.asked["quantity"]))


def _small(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Refused(400, 800002, "The request body is not as documented.")
    return {key.lower(): inner for key, inner in value.items()}
