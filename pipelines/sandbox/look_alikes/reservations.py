"""Reservations that are known by other names than their orders, and differ in what does not matter."""

from __future__ import annotations

from pipelines.sandbox.builder import Builder


def billed_under_the_reservation_alone(b: Builder) -> None:
    """The bill names no order, or one that does not exist; the reservation it names leads to the right one."""
    for country, month, prefix, folded in (
        ("US", -3, "RIOderId", str.upper),
        ("DE", -1, "", str.lower),
        ("JP", -2, "PCTest", str.upper),
        ("NL", -2, "rioderid", str.lower),
    ):
        c, m = b.customer(country), b.months[month]
        item = b.item("reservation", "410.00")
        order = b.order(c, m.at(18), (item, 2))
        held = b.entitle(order)
        b.charge(
            order,
            item,
            m,
            2,
            order_ref=b.order_id() if month == -2 else "",
            alternate_ref=b.alternate_id() if month == -2 else "",
            style="modern",
            reservation_order_id=prefix + folded(held.resource_id),
        )


def reserved_for_all_and_for_one(b: Builder) -> None:
    """One reservation is shared by all subscriptions, another is for a single one, under the old name and the new."""
    for country, kind in (("US", "reservedinstance"), ("GB", "virtualmachinereservedinstance")):
        c, m = b.customer(country), b.months[-1]
        items = [b.item("reservation", price, term="P3Y") for price in ("120.00", "130.00")]
        order = b.order(c, m.at(12), *((item, 12) for item in items))
        for number, item in enumerate(items):
            b.entitle(order, number, artifact_kind=kind, is_single_scope=number == 1, has_details=True)
            b.charge(order, item, m, 12)
