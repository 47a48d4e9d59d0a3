"""Pretend carts: what they hold, when they end, and what they turn into."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest

from pipelines.sandbox import DEFAULT_CLOCK, Faults
from pipelines.sandbox.catalog import Offer
from pipelines.sandbox.facts import Customer
from tests.sandbox.conftest import Caller


class Buyer:
    """A customer at the counter."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        self.customer: Customer = next(c for c in caller.app.bodies.customers.values() if c.country == "US")

    @property
    def path(self) -> str:
        return f"/v1/customers/{self.customer.id}/carts"

    def offer(self, kind: str, number: int = 0) -> Offer:
        """Something for sale."""
        catalog, clock = self.caller.app.catalog, self.caller.app.clock
        items = (item for product in catalog.products.values() for item in product.skus.values() if item.kind == kind)
        offers = [one for item in items for one in catalog.offers(item, "US", clock)[:1] if one.is_purchasable]
        return offers[number]

    def line(self, offer: Offer, **more: Any) -> dict[str, Any]:
        item = offer.item
        cycle = "monthly" if item.kind == "seat" else "one_time"
        name = f"{item.product_id}:{item.sku_id}:{offer.id}"
        return {"catalogItemId": name, "quantity": 2, "billingCycle": cycle, **more}

    def send(self, method: str, path: str, body: Any = None, request_id: str = "") -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {self.caller.bearer}", "MS-RequestId": request_id or str(uuid.uuid4())}
        answer = self.caller.http.request(method, path, json=body, headers=headers)
        return answer.status_code, json.loads(answer.content.decode("utf-8-sig"))

    def cart(self, *lines: dict[str, Any]) -> dict[str, Any]:
        status, body = self.send("POST", self.path, {"lineItems": list(lines)})
        assert status == 201, body
        found: dict[str, Any] = body
        return found

    def buy(self, *lines: dict[str, Any], request_id: str = "") -> dict[str, Any]:
        cart = self.cart(*lines)
        status, body = self.send("POST", f"{self.path}/{cart['id']}/checkout", request_id=request_id)
        assert status == 201, body
        found: dict[str, Any] = body
        return found


@pytest.fixture
def buyer(caller: Caller) -> Buyer:
    return Buyer(caller)


def test_items_of_one_cycle_become_one_order(buyer: Buyer) -> None:
    lines = [buyer.line(buyer.offer("perpetual", n)) for n in (0, 1)]
    done = buyer.buy(lines[0], buyer.line(buyer.offer("seat"), termDuration="P1M"), lines[1])
    assert [(one["billingCycle"], len(one["lineItems"])) for one in done["orders"]] == [
        ("one_time", 2),
        ("monthly", 1),
    ]
    assert "orderErrors" not in done


def test_a_cart_ends_after_fifteen_minutes(buyer: Buyer) -> None:
    cart = buyer.cart(buyer.line(buyer.offer("perpetual")))
    buyer.caller.app.clock += timedelta(minutes=14)
    assert buyer.caller.json(f"{buyer.path}/{cart['id']}")["status"] == "Active"
    buyer.caller.app.clock += timedelta(minutes=1)
    status, refused = buyer.send("POST", f"{buyer.path}/{cart['id']}/checkout")
    assert (status, refused["code"]) == (404, 800008)


def test_an_update_takes_the_documented_spelling_and_gives_a_cart(buyer: Buyer) -> None:
    cart = buyer.cart(buyer.line(buyer.offer("perpetual")))
    other = buyer.line(buyer.offer("perpetual", 1))
    body = {"Id": cart["id"], "LineItems": [{key[:1].upper() + key[1:]: value for key, value in other.items()}]}
    status, changed = buyer.send("PUT", f"{buyer.path}/{cart['id']}", body)
    assert status == 201
    assert [line["catalogItemId"] for line in changed["lineItems"]] == [other["catalogItemId"]]


def test_a_line_that_cannot_be_bought_says_so_and_holds_up_the_checkout(buyer: Buyer) -> None:
    wrong = {"catalogItemId": "NOT:0001:HERE", "quantity": 1, "billingCycle": "one_time"}
    cart = buyer.cart(buyer.line(buyer.offer("perpetual")), wrong)
    codes = [line.get("error", {}).get("errorCode") for line in cart["lineItems"]]
    assert codes == [None, 10001]
    status, refused = buyer.send("POST", f"{buyer.path}/{cart['id']}/checkout")
    assert (status, refused["code"]) == (400, 800009)


def test_the_same_request_id_buys_once(buyer: Buyer) -> None:
    cart = buyer.cart(buyer.line(buyer.offer("perpetual")))
    path, request_id = f"{buyer.path}/{cart['id']}/checkout", str(uuid.uuid4())
    first, again = (buyer.send("POST", path, request_id=request_id) for _ in range(2))
    assert first == again
    status, refused = buyer.send("POST", path)
    assert (status, refused["code"]) == (400, 800065)
    assert (
        len(buyer.caller.app.live.orders_of(buyer.customer.id))
        == len(buyer.caller.app.world.orders.get(buyer.customer.id, ())) + 1
    )


def test_a_group_that_ran_out_does_not_hold_up_the_others(buyer: Buyer) -> None:
    seat, licence = buyer.offer("seat"), buyer.offer("perpetual")
    buyer.caller.app.faults.switch(Faults(sold_out=(seat.item.product_id,)))
    done = buyer.buy(buyer.line(licence), buyer.line(seat, termDuration="P1M"))
    assert [one["billingCycle"] for one in done["orders"]] == ["one_time"]
    assert [(one["orderGroupId"], one["code"]) for one in done["orderErrors"]] == [("1", 800010)]


def test_what_was_bought_comes_true_step_by_step(buyer: Buyer) -> None:
    """By id at once, a right after minutes, in the list after fifteen, open after a day, billed on the 5th."""
    app, customer = buyer.caller.app, buyer.customer
    order_id = buyer.buy(buyer.line(buyer.offer("perpetual")))["orders"][0]["id"]
    orders = f"/v1/customers/{customer.id}/orders"
    rights = f"/v1/customers/{customer.id}/entitlements"

    def is_listed() -> bool:
        return order_id in [one["id"] for one in buyer.caller.json(orders)["items"]]

    def has_right() -> bool:
        return order_id in [one["referenceOrder"]["id"] for one in buyer.caller.json(rights)["items"]]

    def bills() -> list[Any]:
        return [
            d for d in app.live.documents if any(c.order_ref == order_id for c in d.charges) and d.at <= app.clock
        ]

    assert buyer.caller.json(f"{orders}/{order_id}")["status"] == "completed"
    assert not is_listed()
    assert not has_right()
    app.clock = DEFAULT_CLOCK + timedelta(minutes=15)
    assert is_listed()
    assert has_right()
    app.clock = DEFAULT_CLOCK + timedelta(days=2)
    assert bills() == []
    app.clock = DEFAULT_CLOCK.replace(month=11, day=6)
    [bill] = bills()
    document = buyer.caller.json(f"/v1/invoices/{bill.id}")
    assert document["totalCharges"] == sum(charge.total for charge in bill.charges)


def test_the_world_itself_stays_as_it_was(buyer: Buyer) -> None:
    before = len(buyer.caller.app.world.documents), sum(map(len, buyer.caller.app.world.orders.values()))
    buyer.buy(buyer.line(buyer.offer("perpetual")))
    world = buyer.caller.app.world
    assert (len(world.documents), sum(map(len, world.orders.values()))) == before
