"""Customers: the list and one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.sandbox.facts import Customer
from pipelines.sandbox.paging import plan
from pipelines.sandbox.replies import Refused
from pipelines.sandbox.routes.common import NOT_MINE, Ask, place, token_page, whole_number

if TYPE_CHECKING:
    from pipelines.sandbox.app import SandboxApp

CUSTOMER_PAGE = 500
QUIRKY_CUSTOMER_PAGE = 60


def answer(shop: SandboxApp, ask: Ask) -> object:
    """GET /customers, /customers/{id}."""
    match ask.get_parts:
        case ["customers"]:
            return _customers(shop, ask)
        case ["customers", customer_id]:
            return shop.bodies.customer(listed_customer(shop, customer_id), alone=True)
    return NOT_MINE


def listed_customer(shop: SandboxApp, customer_id: str) -> Customer:
    """A customer of this partner; refused when there is none."""
    customer = shop.bodies.customers.get(customer_id.lower())
    if customer is None:
        raise Refused(404, 1000, "The customer was not found.")
    return customer


def _customers(shop: SandboxApp, ask: Ask) -> Any:
    size = whole_number(ask.query, "size", CUSTOMER_PAGE, CUSTOMER_PAGE)
    if shop.quirks and "size" in ask.query:
        # Who asks for pages gets small ones; who does not ask has all in one.
        size = min(size, QUIRKY_CUSTOMER_PAGE)
    listed = list(shop.bodies.customers.values())
    name, size, page = place(shop, ask, "customers", size)
    spans = plan(name, len(listed), size, quirks=False)
    start, stop = spans[min(page, len(spans) - 1)]
    items = [shop.bodies.customer(customer, alone=False) for customer in listed[start:stop]]
    return token_page(shop, items, f"/v1/customers?size={size}", name, size, page, len(spans))
