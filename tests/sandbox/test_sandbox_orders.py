"""The record of activity and what hangs on an order, as the pretend API tells them."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from conftest import TOKEN_FORM, Caller

from pipelines.partner_center.endpoints.orders_by_billing_type import BillingType
from pipelines.sandbox import DEFAULT_CLOCK, Faults, SandboxApp, World
from pipelines.sandbox.facts import Order

DAY = "2026-09-20"
OLDEST = DEFAULT_CLOCK - timedelta(days=88)
APP_ONLY = {**TOKEN_FORM, "grant_type": "client_credentials"}


def records(caller: Caller, query: str) -> list[dict[str, Any]]:
    """All pages of one question; the token comes back without `seekOperation`."""
    found: list[dict[str, Any]] = []
    token = ""
    for _ in range(500):
        more = {"MS_ContinuationToken": token} if token else {}
        body = caller.json(f"/v1/auditrecords?{query}", **more)
        found += body["items"]
        token = token_of(body)
        if not token:
            return found
    raise AssertionError("no end")


def token_of(body: dict[str, Any]) -> str:
    link = body["links"].get("next", {"headers": []})
    return body.get("continuationToken") or "".join(one["value"] for one in link["headers"])


def days(start: str, end: str) -> str:
    return f"startDate={start}&endDate={end}&size=500"


def values(record: dict[str, Any]) -> dict[str, str]:
    return {entry["key"]: entry["value"] for entry in record["customizedData"]}


def order_of(world: World, **wanted: Any) -> Order:
    """The first order like that whose customer is one of ours."""
    return next(
        order
        for orders in world.orders.values()
        for order in orders
        if order.customer.is_listed and all(getattr(order, name) == value for name, value in wanted.items())
    )


def test_every_change_of_an_order_is_on_record_under_its_own_id(world: World, plain_caller: Caller) -> None:
    order = next(
        one
        for found in world.orders.values()
        for one in found
        if one.cancelled_at and one.cancelled_at > OLDEST and one.is_recorded and one.customer.is_listed
    )
    assert order.cancelled_at is not None
    day = order.cancelled_at.date().isoformat()
    mine = [one for one in records(plain_caller, days(day, day)) if values(one).get("OrderId") == order.id]
    done = [one for one in mine if one["operationStatus"] == "succeeded" and one["operationType"] != "create_order"]
    assert len(done) == 1
    assert done[0]["operationType"] in ("update_order", "cancel_order")
    assert done[0]["operationDate"][:13] == order.cancelled_at.isoformat()[:13]
    assert order.id not in done[0]["id"]
    assert order.id.lower() in done[0]["id"]
    told = json.loads(done[0]["resourceNewValue"])
    assert (told["Id"], {line["Quantity"] for line in told["LineItems"]}) == (order.id, {0})


def test_quirks_change_pages_ids_and_edges_but_not_what_was_done(caller: Caller, plain_caller: Caller) -> None:
    def done(found: list[dict[str, Any]]) -> Counter[tuple[str, ...]]:
        return Counter(
            (one["customerId"], one["operationType"], one["operationStatus"], values(one).get("OrderId", ""))
            for one in found
        )

    plain, quirky = records(plain_caller, days(DAY, DAY)), records(caller, days(DAY, DAY))
    assert {"create_order", "update_order"} <= {one["operationType"] for one in plain}
    assert {"succeeded", "failed", "progress"} == {one["operationStatus"] for one in plain}
    assert {"order", "subscription", "license", "customer"} & {one["resourceType"] for one in plain} > {"order"}
    assert done(plain) <= done(quirky)
    assert all("id" in one for one in plain)
    assert any("id" not in one for one in records(caller, days("2026-09-01", "2026-09-30")))


def test_the_filter_takes_customer_name_and_resource(world: World, plain_caller: Caller) -> None:
    everything = records(plain_caller, days(DAY, DAY))
    customer_id = everything[0]["customerId"]
    asked = [
        ("CustomerId", "equals", customer_id.upper(), lambda one: one["customerId"] == customer_id),
        ("ResourceType", "equals", "Order", lambda one: one["resourceType"] == "order"),
        ("CompanyName", "substring", "motors", lambda one: "motors" in one.get("customerName", "").lower()),
    ]
    for field, operator, value, passes in asked:
        text = quote(json.dumps({"Field": field, "Operator": operator, "Value": value}))
        assert records(plain_caller, f"{days(DAY, DAY)}&filter={text}") == [one for one in everything if passes(one)]


@pytest.mark.parametrize("text", ["2026-09-20", "9/20/2026", "09/20/2026 00:00:00", "9/20/2026 12:00:00 AM"])
def test_a_day_may_be_written_in_either_style(plain_caller: Caller, text: str) -> None:
    wanted = records(plain_caller, days(DAY, DAY))
    assert records(plain_caller, days(quote(text), quote(text))) == wanted


def test_more_than_90_days_back_and_other_nonsense_is_refused(plain_caller: Caller) -> None:
    oldest = (DEFAULT_CLOCK - timedelta(days=90)).date()
    assert plain_caller.get(f"/v1/auditrecords?{days(str(oldest), DAY)}").status_code == 200
    for start, end in ((str(oldest - timedelta(days=1)), DAY), (DAY, "2026-09-19"), ("yesterday", DAY)):
        assert plain_caller.get(f"/v1/auditrecords?{days(start, end)}").status_code == 400


def test_the_app_alone_sees_the_record_unless_it_is_forbidden(world: World) -> None:
    app = SandboxApp(world)
    caller = Caller(app, APP_ONLY)
    assert caller.get("/v1/auditrecords").status_code == 200
    app.faults.switch(Faults(forbidden_audit=True))
    assert caller.get("/v1/auditrecords").status_code == 403


def test_what_was_done_elsewhere_is_not_on_record(world: World, plain_caller: Caller) -> None:
    order = next(one for found in world.orders.values() for one in found if one.created_at > OLDEST)
    day = order.created_at.date().isoformat()

    def named() -> set[str | None]:
        return {values(one).get("OrderId") for one in records(plain_caller, days(day, day))}

    assert order.id in named()
    plain_caller.app.faults.switch(Faults(unrecorded_orders=(order.id,)))
    assert order.id not in named()


def path_of(order: Order) -> str:
    return f"/v1/customers/{order.customer.id}/orders/{order.id}"


def test_a_delivered_order_is_fulfilled_and_a_cancelled_one_unfulfilled(world: World, plain_caller: Caller) -> None:
    for order, status in (
        (order_of(world, cancelled_at=None, billing_cycle="one_time", is_pending=False), "Fulfilled"),
        (next(o for found in world.orders.values() for o in found if o.cancelled_at), "Unfulfilled"),
    ):
        body = plain_caller.get(f"{path_of(order)}/provisioningstatus").json()
        assert {one["status"] for one in body["items"]} == {status}
        parts = [part for one in body["items"] for part in one["quantityProvisioningInformation"]]
        assert sum(part["quantity"] for part in parts) == sum(line.changes[0][1] for line in order.lines)


def test_a_subscription_has_no_provisioning_status(world: World, plain_caller: Caller) -> None:
    answer = plain_caller.get(f"{path_of(order_of(world, billing_cycle='monthly'))}/provisioningstatus")
    assert (answer.status_code, answer.json()["code"]) == (404, 800007)


@pytest.mark.parametrize("kind", BillingType)
def test_the_billing_type_is_taken_as_declared(world: World, plain_caller: Caller, kind: BillingType) -> None:
    customer_id = order_of(world, billing_cycle="monthly").customer.id
    body = plain_caller.get(f"/v1/customers/{customer_id}/orders?billingType={kind.value}").json()
    assert {one["billingCycle"].replace("_", "") for one in body["items"]} <= {kind.value}
    if kind in (BillingType.ONE_TIME, BillingType.MONTHLY):
        assert body["items"]


def test_the_billing_type_is_refused_in_the_spelling_of_answers(world: World, plain_caller: Caller) -> None:
    customer_id = order_of(world, billing_cycle="monthly").customer.id
    answer = plain_caller.get(f"/v1/customers/{customer_id}/orders?billingType=one_time")
    assert (answer.status_code, answer.json()["code"]) == (400, 900126)


def test_only_recurring_orders_have_subscriptions_and_some_lines_a_link(world: World, plain_caller: Caller) -> None:
    monthly, once = order_of(world, billing_cycle="monthly"), order_of(world, billing_cycle="one_time")
    for order, count in ((monthly, len(monthly.lines)), (once, 0)):
        path = f"/v1/customers/{order.customer.id}/subscriptions?order_id={order.id}"
        assert len(plain_caller.get(path).json()["items"]) == count
    links = plain_caller.get(f"{path_of(once)}/lineitems/0/activationlinks").json()["items"]
    assert [one["lineItemNumber"] for one in links] in ([0], [])
    assert plain_caller.get(f"{path_of(once)}/lineitems/99/activationlinks").status_code == 404
