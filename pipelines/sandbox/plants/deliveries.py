"""What was ordered and has not arrived, and what was cancelled and has not been taken away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from pipelines.sandbox.builder import Builder
from pipelines.sandbox.facts import PlantedBreak
from pipelines.sandbox.plants.rows import about_charges, about_item

DELIVERY = timedelta(hours=24)


def delivered_in_part(b: Builder) -> Iterator[PlantedBreak]:
    """5 ordered and billed, 2 of them still on their way weeks later: what is missing is late, nothing else."""
    for country, month in (("NL", -3), ("JP", -2)):
        c, m = b.customer(country), b.months[month]
        item = b.item("subscription", "84.30")
        at = m.at(5)
        order = b.order(c, at, (item, 5), waiting={0: ((at, 2),)})
        b.entitle(order)
        b.charge(order, item, m, 5)
        story = "5 units were ordered, 2 of them are still being delivered"
        at_risk = order.lines[0].price * 2
        yield about_item("provisioning_overdue", story, order, item, order.created_at + DELIVERY, at_risk)


def billed_before_delivery(b: Builder) -> Iterator[PlantedBreak]:
    """Ordered and billed, and all of it still on its way: late, and therefore not reported as never delivered."""
    c, m = b.customer("US"), b.months[-2]
    item = b.item("reservation", "640.00")
    at = m.at(6)
    order = b.order(c, at, (item, 1), waiting={0: ((at, 1),)})
    b.charge(order, item, m, 1)
    story = "one reservation was ordered and billed and is still being delivered"
    at_risk = order.lines[0].price
    yield about_item("provisioning_overdue", story, order, item, order.created_at + DELIVERY, at_risk)


def waiting_since_days(b: Builder) -> Iterator[PlantedBreak]:
    """Ordered days ago and not billed yet: the delivery is late all the same, at the price of the order."""
    c = b.customer("GB")
    item = b.item("perpetual", "71.00", term="")
    at = b.open_month.at(9)
    order = b.order(c, at, (item, 4), waiting={0: ((at, 4),)})
    story = "4 units were ordered days ago and are still being delivered"
    at_risk = order.lines[0].price * 4
    yield about_item("provisioning_overdue", story, order, item, order.created_at + DELIVERY, at_risk)


def cancelled_and_still_entitled(b: Builder) -> Iterator[PlantedBreak]:
    """Cancelled weeks later and given back in full, and the customer still holds all of it."""
    for country, month in (("US", -3), ("JP", -2), ("NL", -3)):
        c, m, later = b.customer(country), b.months[month], b.months[month + 1]
        item = b.item("subscription", "47.00")
        cancelled_at = later.at(17)
        order = b.order(c, m.at(5), (item, 3), cancelled_at=cancelled_at)
        b.entitle(order, quantity=3)
        b.charge(order, item, m, 3)
        b.charge(order, item, later, -3, order_at=cancelled_at)
        story = "the order was cancelled and credited, and 3 units are still entitled"
        # Where nobody saw the cancellation, it counts as of the end of the month of the purchase's invoice.
        since = later.next_at + DELIVERY
        yield about_item("entitled_after_cancellation", story, order, item, since, None)


def line_cancelled_and_still_entitled(b: Builder) -> Iterator[PlantedBreak]:
    """One line of two was cancelled and given back; the order stays completed, and so does the right."""
    c, m, later = b.customer("DE"), b.months[-3], b.months[-2]
    kept, dropped = b.item("perpetual", "64.00", term=""), b.item("reservation", "205.00")
    gone_at = later.at(15)
    order = b.order(c, m.at(7), (kept, 1), (dropped, 2), changes={1: ((gone_at, 0),)})
    b.entitle(order, 0)
    b.entitle(order, 1, quantity=2)
    b.charge(order, kept, m, 1)
    b.charge(order, dropped, m, 2)
    b.charge(order, dropped, later, -2, order_at=gone_at)
    story = "a line of 2 reservations was cancelled and credited, and both are still entitled"
    yield about_item("entitled_after_cancellation", story, order, dropped, later.next_at + DELIVERY, None)


def billed_under_a_reservation_of_two_orders(b: Builder) -> Iterator[PlantedBreak]:
    """Two orders brought the same reservation, so a charge that names nothing else belongs to neither."""
    c, m = b.customer("US"), b.months[-2]
    item = b.item("reservation", "330.00")
    shared = b.guid()
    for day in (4, 5):
        order = b.order(c, m.at(day), (item, 1))
        b.entitle(order, resource_id=shared)
        b.charge(order, item, m, 1)
    charge = b.charge(
        None,
        item,
        m,
        1,
        customer=c,
        order_ref=b.order_id(),
        alternate_ref="",
        order_at=m.at(5, 12),
        style="modern",
        reservation_order_id=f"RIOderId{shared}",
    )
    story = "a reservation was billed under an unknown order id, and two orders stand behind it"
    yield about_charges("charge_without_order", story, charge, None, b.document_of(charge).at, charge.total)
