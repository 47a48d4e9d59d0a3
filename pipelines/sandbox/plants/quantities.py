"""Quantities and prices that disagree."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from pipelines.sandbox.builder import Builder
from pipelines.sandbox.facts import PlantedBreak
from pipelines.sandbox.plants.rows import about_item, about_line
from pipelines.sandbox.trade import unit_amount


def more_billed_than_ordered(b: Builder) -> Iterator[PlantedBreak]:
    """3 ordered and delivered, 5 billed in one line."""
    for country, month in (("US", -2), ("JP", -3), ("NL", -1)):
        c, m = b.customer(country), b.months[month]
        item = b.item("subscription", "64.10")
        order = b.order(c, m.at(7), (item, 3))
        b.entitle(order)
        charge = b.charge(order, item, m, 5)
        unit = unit_amount(charge.effective_unit_price, charge.rate, charge.currency)
        since = b.document_of(charge).at
        story = "5 units were billed, 3 were ordered"
        yield about_item("quantity_charged_vs_ordered", story, order, item, since, unit * 2, charge.currency)


def fewer_billed_than_ordered(b: Builder) -> Iterator[PlantedBreak]:
    """4 ordered and delivered, 2 billed; until the month is due the rest may still come."""
    c, m = b.customer("GB"), b.months[-3]
    item = b.item("subscription", "118.00")
    order = b.order(c, m.at(14), (item, 4))
    b.entitle(order)
    charge = b.charge(order, item, m, 2)
    story = "2 units were billed, 4 were ordered"
    at_risk = charge.effective_unit_price * 2
    yield about_item("quantity_charged_vs_ordered", story, order, item, m.due_at, at_risk)


def fewer_delivered_than_ordered(b: Builder) -> Iterator[PlantedBreak]:
    """5 ordered and billed, 3 delivered."""
    for country, month in (("GB", -2), ("NL", -3), ("JP", -3)):
        c, m = b.customer(country), b.months[month]
        item = b.item("subscription", "52.75")
        order = b.order(c, m.at(9), (item, 5))
        b.entitle(order, quantity=3)
        charge = b.charge(order, item, m, 5)
        unit = unit_amount(charge.effective_unit_price, charge.rate, charge.currency)
        since = b.document_of(charge).at
        story = "5 units were ordered and billed, 3 are entitled"
        yield about_item("quantity_ordered_vs_entitled", story, order, item, since, unit * 2, charge.currency)


def prices_off_the_order(b: Builder) -> Iterator[PlantedBreak]:
    """Quantities agree, the unit price does not: above the order, and below it."""
    for country, month, gap in (("US", -3, "10"), ("GB", -1, "2.50"), ("JP", -2, "-500")):
        c, m = b.customer(country), b.months[month]
        item = b.item("subscription", "96.00")
        order = b.order(c, m.at(16), (item, 3))
        b.entitle(order)
        charge = b.charge(order, item, m, 3, price=b.price(c, item) + Decimal(gap))
        since = b.document_of(charge).at
        story = f"each of 3 units was billed {gap} {c.billing_currency} off the price of the order"
        yield about_item(
            "price_charged_vs_ordered", story, order, item, since, abs(Decimal(gap)) * 3, charge.currency
        )


def price_off_in_the_pricing_currency(b: Builder) -> Iterator[PlantedBreak]:
    """The order is in dollars and billed in euro: the difference in dollars, shown at the charge's rate."""
    c, m = b.customer("NL"), b.months[-2]
    item = b.item("reservation", "700.00")
    order = b.order(c, m.at(10), (item, 2), currency="USD")
    b.entitle(order)
    charge = b.charge(order, item, m, 2, price=b.price(c, item) + 100)
    since = b.document_of(charge).at
    story = "each of 2 units was billed 100 USD above the price of the order"
    yield about_item("price_charged_vs_ordered", story, order, item, since, 200 * charge.rate, charge.currency)


def totals_that_do_not_add_up(b: Builder) -> Iterator[PlantedBreak]:
    """Subtotal and tax do not make the line's total; the invoice adds the wrong total."""
    for country, month, gap in (("DE", -3, "10.00"), ("JP", -1, "-700"), ("NL", -2, "0.02")):
        c, m = b.customer(country), b.months[month]
        item = b.item("perpetual", "260.00", term="")
        order = b.order(c, m.at(4), (item, 1))
        b.entitle(order)
        charge = b.charge(order, item, m, 1, excess_total=Decimal(gap))
        story = f"the line's total is {gap} {charge.currency} off subtotal plus tax"
        yield about_line("line_total", story, charge, b.document_of(charge), order, abs(Decimal(gap)))
