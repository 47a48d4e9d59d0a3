"""What hangs on an order, read by the real client from the pretend API into the landing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.landing import Landing
from pipelines.partner_center.contract import Endpoint
from pipelines.partner_center.endpoints import (
    AUDIT_RECORDS,
    ORDER_ACTIVATION_LINKS,
    ORDER_PROVISIONING_STATUS,
    ORDERS_BY_BILLING_TYPE,
    SUBSCRIPTIONS_BY_ORDER,
)
from pipelines.partner_center.endpoints.orders_by_billing_type import BillingType
from pipelines.partner_center.source import LandedWalk, landed_rows
from pipelines.partner_center.walks import WalkOutcome, WalkReader, WalkRequest
from pipelines.sandbox import Faults, SandboxApp, World, build_world
from pipelines.sandbox.facts import Order
from pipelines.sandbox.routes import audit
from tests.sandboxed import Silent, client_of


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(scale=0.01)


class Desk:
    """A reader of the sandbox, signed in as the app alone, and what it landed."""

    def __init__(self, folder: Path, world: World) -> None:
        self.app = SandboxApp(world)
        self.client = client_of(self.app, user=False)
        self.landing = Landing(folder)
        self.reader = WalkReader(self.client, self.landing, self.app.clock.isoformat(), Silent())

    def read(self, endpoint: Endpoint, *, not_found_is_empty: bool = False, **values: str) -> WalkOutcome:
        return self.reader.read(WalkRequest(endpoint, values, not_found_is_empty=not_found_is_empty))

    def rows(self, endpoint: Endpoint, table: str, **values: str) -> list[dict[str, object]]:
        """What was landed of a partition."""
        walk = self.landing.partition(endpoint.name, values, "").current
        assert walk is not None
        found = landed_rows(self.landing, [LandedWalk(walk, walk.partition_id)])
        return [row for name, rows in found if name == table for row in rows.to_pylist()]

    def order(self, cycle: str, *, cancelled: bool = False) -> Order:
        """An order with that billing cycle."""
        return next(
            order
            for customer_id in self.app.bodies.customers
            for order in self.app.orders_of(customer_id)
            if order.billing_cycle == cycle
            and order.transaction_type == "UserPurchase"
            and not order.is_pending
            and (order.status_at(self.app.clock) == "cancelled") is cancelled
        )


@pytest.fixture
def desk(world: World, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "landing", world)
    with made.client:
        yield made


def ids(order: Order) -> dict[str, str]:
    return {"customer_id": order.customer.id, "order_id": order.id}


@pytest.mark.parametrize("kind", BillingType)
def test_orders_of_one_billing_type_are_those_of_the_list_with_it(desk: Desk, kind: BillingType) -> None:
    customer_id = desk.order("monthly").customer.id
    values = {"customer_id": customer_id, "billing_type": kind.value}
    assert desk.read(ORDERS_BY_BILLING_TYPE, **values).result == "new"
    found = {row["id"] for row in desk.rows(ORDERS_BY_BILLING_TYPE, "orders", **values)}
    assert found == {
        order.id
        for order in desk.app.orders_of(customer_id)
        if order.billing_cycle.replace("_", "") == kind.value and order.created_at <= desk.app.clock
    }


def test_each_line_of_an_order_has_its_provisioning_status(desk: Desk) -> None:
    for cancelled, status in ((False, "Fulfilled"), (True, "Unfulfilled")):
        order = desk.order("one_time", cancelled=cancelled)
        desk.read(ORDER_PROVISIONING_STATUS, **ids(order))
        rows = desk.rows(ORDER_PROVISIONING_STATUS, "order_provisioning_status", **ids(order))
        assert [row["line_item_number"] for row in rows] == [line.number for line in order.lines]
        assert {row["status"] for row in rows} == {status}


def test_no_provisioning_status_is_an_answer(desk: Desk) -> None:
    order = desk.order("monthly")
    outcome = desk.read(ORDER_PROVISIONING_STATUS, not_found_is_empty=True, **ids(order))
    assert (outcome.result, outcome.item_count) == ("new", 0)
    assert desk.rows(ORDER_PROVISIONING_STATUS, "order_provisioning_status", **ids(order)) == []


def test_recurring_lines_are_subscriptions_of_their_order(desk: Desk) -> None:
    order = desk.order("monthly")
    desk.read(SUBSCRIPTIONS_BY_ORDER, **ids(order))
    rows = desk.rows(SUBSCRIPTIONS_BY_ORDER, "subscriptions_by_order", **ids(order))
    assert {row["id"] for row in rows} == {line.subscription_id.lower() for line in order.lines}


def test_a_line_may_have_a_link_to_its_activation(desk: Desk) -> None:
    order = next(
        order
        for customer_id in desk.app.bodies.customers
        for order in desk.app.orders_of(customer_id)
        if order.lines[0].item.kind == "subscription" and order.created_at <= desk.app.clock
    )
    values = ids(order) | {"line_item_number": "0"}
    desk.read(ORDER_ACTIVATION_LINKS, **values)
    [row] = desk.rows(ORDER_ACTIVATION_LINKS, "order_activation_links", **values)
    assert str(row["uri"]).startswith("https://activate.example.com/")


def test_a_day_of_the_feed_comes_whole_over_many_pages(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The token is sent back without an operation; the app alone may read it."""
    monkeypatch.setattr(audit, "QUIRKY_PAGE", 5)
    orders = [order for customer_id in desk.app.bodies.customers for order in desk.app.orders_of(customer_id)]
    made = Counter(order.created_at.date().isoformat() for order in orders if order.created_at.month == 9)
    day = made.most_common(1)[0][0]
    desk.read(AUDIT_RECORDS, day=day)
    assert desk.app.counts["auditrecords"] > 1
    rows = desk.rows(AUDIT_RECORDS, "audit_records", day=day)
    values = desk.rows(AUDIT_RECORDS, "audit_record_values", day=day)
    named = {row["value"] for row in values if row["key"] == "OrderId"}
    assert {order.id for order in orders if order.created_at.date().isoformat() == day} <= named
    assert "pretender@partner.example.com" not in str(rows)


def test_a_refused_feed_is_a_failed_partition(desk: Desk) -> None:
    desk.app.faults.switch(Faults(forbidden_audit=True))
    outcome = desk.read(AUDIT_RECORDS, day="2026-10-14")
    assert (outcome.result, outcome.is_outage) == ("failed", False)


def test_a_day_too_long_ago_is_refused(desk: Desk) -> None:
    assert desk.read(AUDIT_RECORDS, day="2026-07-15").result == "failed"
    assert desk.read(AUDIT_RECORDS, day="2026-07-17").result == "new"
