"""Charges without orders, orders without charges, rights without either."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from pipelines.sandbox.builder import Builder
from pipelines.sandbox.facts import PlantedBreak
from pipelines.sandbox.plants.rows import about_charges, about_entitlement, about_item


def charges_nobody_ordered(b: Builder) -> Iterator[PlantedBreak]:
    """Billed under an order id that nobody knows: as an order id, as an alternate id, in a foreign currency."""
    for month, country, style in ((-3, "US", "modern"), (-1, "JP", "commerce"), (-2, "NL", "classic")):
        c, m = b.customer(country), b.months[month]
        unknown, alternate = b.order_id(), b.alternate_id()
        charge = b.charge(
            None,
            b.item("perpetual", "412.50", term=""),
            m,
            3,
            customer=c,
            order_ref=alternate if style == "commerce" else unknown,
            alternate_ref=alternate,
            order_at=m.at(9, 15),
            style=style,
        )
        story = f"3 units were billed under order {charge.order_ref}, which does not exist"
        yield about_charges("charge_without_order", story, charge, None, b.document_of(charge).at, charge.total)


def charge_without_any_order_id(b: Builder) -> Iterator[PlantedBreak]:
    """Billed with no order id at all."""
    c, m = b.customer("DE"), b.months[-2]
    item = b.item("subscription", "88.20")
    charge = b.charge(None, item, m, 4, customer=c, order_ref="", alternate_ref="", order_at=m.at(17), style="modern")
    story = "4 units were billed without naming an order"
    yield about_charges("charge_without_order", story, charge, None, b.document_of(charge).at, charge.total)


def charges_under_a_wrong_order_id(b: Builder) -> Iterator[PlantedBreak]:
    """The order exists and was delivered, yet the bill names another id: the order is a candidate, not a break.

    The candidate is long due, but it is not reported as not billed: one cause, one break.
    """
    for country, month in (("US", -3), ("JP", -2)):
        c, m = b.customer(country), b.months[month]
        item = b.item("subscription", "230.00")
        order = b.order(c, m.at(11), (item, 6))
        b.entitle(order)
        charge = b.charge(
            None,
            item,
            m,
            6,
            customer=c,
            order_ref=b.order_id(),
            alternate_ref=b.alternate_id(),
            order_at=order.created_at + timedelta(days=1),
            style="modern",
        )
        story = f"6 units were billed under an unknown order id; order {order.id} is the likely one"
        yield about_charges("charge_without_order", story, charge, None, b.document_of(charge).at, charge.total)


def items_not_on_the_order(b: Builder) -> Iterator[PlantedBreak]:
    """The order is right and billed, and a product that is not on it is billed under its id as well."""
    for country, month, style in (("GB", -2, "commerce"), ("NL", -3, "modern")):
        c, m = b.customer(country), b.months[month]
        bought, other = b.item("perpetual", "310.00", term=""), b.item("perpetual", "145.90", term="")
        order = b.order(c, m.at(6), (bought, 2))
        b.entitle(order)
        b.charge(order, bought, m, 2)
        charge = b.charge(order, other, m, 1, style=style)
        story = "one unit of a product that the order does not contain was billed under the order's id"
        yield about_charges("item_not_on_order", story, charge, order, b.document_of(charge).at, charge.total)


def one_charge_two_candidates(b: Builder) -> Iterator[PlantedBreak]:
    """Two equal orders, one charge that names neither: which one was billed cannot be told, and both are due."""
    c, m = b.customer("US"), b.months[-3]
    item = b.item("subscription", "75.40")
    orders = [b.order(c, m.at(day), (item, 2)) for day in (12, 13)]
    for order in orders:
        b.entitle(order)
        story = "2 units were ordered and no charge names the order"
        yield about_item("order_not_billed", story, order, item, m.due_at, order.lines[0].price * 2)
    charge = b.charge(
        None,
        item,
        m,
        2,
        customer=c,
        order_ref=b.order_id(),
        alternate_ref="",
        order_at=m.at(13, 18),
        style="modern",
    )
    story = "one charge of 2 units could belong to either of two equal orders"
    yield about_charges("ambiguous_match", story, charge, None, b.document_of(charge).at, charge.total)


def two_charges_one_candidate(b: Builder) -> Iterator[PlantedBreak]:
    """One order, two charges that could each be its own."""
    c, m = b.customer("JP"), b.months[-2]
    item = b.item("subscription", "61.00")
    order = b.order(c, m.at(20), (item, 3))
    b.entitle(order)
    story = "3 units were ordered and no charge names the order"
    yield about_item("order_not_billed", story, order, item, m.due_at, order.lines[0].price * 3)
    for _ in range(2):
        charge = b.charge(
            None,
            item,
            m,
            3,
            customer=c,
            order_ref=b.order_id(),
            alternate_ref="",
            order_at=m.at(21),
            style="modern",
        )
        story = "two charges of 3 units compete for one order"
        yield about_charges("ambiguous_match", story, charge, None, b.document_of(charge).at, charge.total)


def orders_never_billed(b: Builder) -> Iterator[PlantedBreak]:
    """Ordered, completed, delivered, and on no invoice although the month was invoiced."""
    for country, month in (("US", -3), ("JP", -1), ("NL", -2)):
        c, m = b.customer(country), b.months[month]
        item = b.item("reservation", "1250.00")
        order = b.order(c, m.at(24), (item, 2), currency=c.billing_currency)
        b.entitle(order)
        story = "2 reservations were ordered and delivered and never billed"
        yield about_item("order_not_billed", story, order, item, m.due_at, order.lines[0].price * 2)


def charged_and_not_delivered(b: Builder) -> Iterator[PlantedBreak]:
    """Ordered and billed, and the customer has no right to it."""
    for country, month in (("DE", -3), ("JP", -2)):
        c, m = b.customer(country), b.months[month]
        item = b.item("reservation", "980.00", term="P3Y")
        order = b.order(c, m.at(8), (item, 1))
        charge = b.charge(order, item, m, 1)
        story = "one reservation was billed and no entitlement exists"
        since = b.document_of(charge).at
        yield about_item("charged_not_entitled", story, order, item, since, charge.total)


def rights_without_an_order(b: Builder) -> Iterator[PlantedBreak]:
    """An entitlement names an order that does not exist; the customer's real order is in good shape."""
    for country, month in (("US", -3), ("GB", -1)):
        c, m = b.customer(country), b.months[month]
        item = b.item("subscription", "140.00")
        order = b.order(c, m.at(5), (item, 1))
        b.entitle(order)
        b.charge(order, item, m, 1)
        stray = b.entitle(order, reference_id=b.order_id())
        story = f"an entitlement refers to order {stray.order_id}, which does not exist"
        since = order.created_at + timedelta(minutes=5)
        yield about_entitlement("entitlement_without_order", story, stray, since)
