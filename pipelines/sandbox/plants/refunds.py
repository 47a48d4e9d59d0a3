"""Money to be given back: missing, unasked for, or too much."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from pipelines.sandbox.builder import Builder
from pipelines.sandbox.facts import PlantedBreak
from pipelines.sandbox.plants.rows import about_charges, about_item
from pipelines.sandbox.trade import Month, unit_amount


def credit_due_at(b: Builder, month: Month) -> datetime:
    """When a credit is overdue for a purchase of `month` that was cancelled in the month after: then or later.

    That month's record of activity tells the moment. Where it does not, the cancellation counts as of the end of the
    month in which the purchase was billed, which is the same one. The credit is due on the 11th of the next one.
    """
    return b.month_of(month.next_at).due_at


def cancelled_without_credit(b: Builder) -> Iterator[PlantedBreak]:
    """Bought, billed, cancelled weeks later, nothing given back."""
    for country in ("US", "JP"):
        c, m = b.customer(country), b.months[-3]
        item = b.item("subscription", "155.00")
        cancelled_at = b.months[-2].at(20)
        order = b.order(c, m.at(18), (item, 4), cancelled_at=cancelled_at)
        b.entitle(order)
        charge = b.charge(order, item, m, 4)
        story = "4 units were billed, the order was cancelled, and nothing was credited"
        at_risk = charge.effective_unit_price * 4
        yield about_item("cancelled_not_credited", story, order, item, credit_due_at(b, m), at_risk)


def cancelled_before_it_was_billed(b: Builder) -> Iterator[PlantedBreak]:
    """Cancelled in the month of the order, billed all the same, and the credit missing on that very invoice.

    Only the record of activity tells that the credit was due so early.
    """
    for country, month in (("DE", -1), ("US", -2)):
        c, m = b.customer(country), b.months[month]
        item = b.item("subscription", "118.00")
        order = b.order(c, m.at(10), (item, 3), cancelled_at=m.at(20, 14))
        b.entitle(order)
        charge = b.charge(order, item, m, 3)
        story = "3 units were cancelled in the month of the order, billed with that month and not credited"
        at_risk = charge.effective_unit_price * 3
        yield about_item("cancelled_not_credited", story, order, item, m.due_at, at_risk)


def cancelled_and_credited_in_part(b: Builder) -> Iterator[PlantedBreak]:
    """5 billed in a foreign currency, all cancelled, 3 given back: 2 are missing, at the purchase's price."""
    c, m, later = b.customer("NL"), b.months[-3], b.months[-2]
    item = b.item("subscription", "91.00")
    order = b.order(c, m.at(15), (item, 5), currency="EUR", cancelled_at=later.at(16))
    b.entitle(order)
    charge = b.charge(order, item, m, 5)
    b.charge(order, item, later, -3, order_at=later.at(16))
    unit = unit_amount(charge.effective_unit_price, charge.rate, charge.currency)
    story = "5 units were billed and cancelled, 3 were credited"
    yield about_item("cancelled_not_credited", story, order, item, credit_due_at(b, m), unit * 2)


def line_cancelled_without_credit(b: Builder) -> Iterator[PlantedBreak]:
    """One line of two was cancelled; the order stays completed and the line was not given back."""
    c, m, later = b.customer("DE"), b.months[-3], b.months[-2]
    kept, dropped = b.item("perpetual", "205.00", term=""), b.item("perpetual", "330.00", term="")
    order = b.order(c, m.at(21), (kept, 1), (dropped, 2), changes={1: ((later.at(19), 0),)})
    b.entitle(order, 0)
    b.entitle(order, 1)
    b.charge(order, kept, m, 1)
    charge = b.charge(order, dropped, m, 2)
    story = "a line of 2 units was cancelled and not credited"
    at_risk = charge.effective_unit_price * 2
    yield about_item("cancelled_not_credited", story, order, dropped, credit_due_at(b, m), at_risk)


def credited_less_than_in_full(b: Builder) -> Iterator[PlantedBreak]:
    """Cancelled within days and all units credited, but at less than their price."""
    for country, month, given in (("US", -2, "80.00"), ("JP", -1, "9000"), ("NL", -2, "70.50")):
        c, m = b.customer(country), b.months[month]
        item = b.item("subscription", "90.00")
        cancelled_at = m.at(9)
        order = b.order(c, m.at(5), (item, 2), currency=c.pricing_currency, cancelled_at=cancelled_at)
        b.entitle(order)
        charge = b.charge(order, item, m, 2)
        credit = b.charge(order, item, m, -2, price=Decimal(given), order_at=cancelled_at)
        story = "2 units were cancelled within days and credited at less than their price"
        at_risk = unit_amount((charge.effective_unit_price - Decimal(given)) * 2, charge.rate, charge.currency)
        since = max(b.document_of(charge).at, b.document_of(credit).at)
        yield about_item("credit_short", story, order, item, since, at_risk, charge.currency)


def credited_less_than_by_days(b: Builder) -> Iterator[PlantedBreak]:
    """Returned after five weeks of a year, and half of the rest credited."""
    c, m, later = b.customer("GB"), b.months[-3], b.months[-2]
    item = b.item("reservation", "912.50")
    # 730.00 GBP for 365 days; five weeks and a day are used.
    order = b.order(c, m.at(10), (item, 1), cancelled_at=later.at(14))
    b.entitle(order)
    b.charge(order, item, m, 1)
    days_used = (later.at(14) - m.at(10)).days + 1
    credit = b.charge(order, item, later, -1, price=Decimal(365 - days_used), order_at=later.at(14))
    story = "a reservation was returned after weeks, and half of what its last days cost was credited"
    since = b.document_of(credit).at
    yield about_item("credit_short", story, order, item, since, Decimal(365 - days_used))


def credited_without_cancellation(b: Builder) -> Iterator[PlantedBreak]:
    """3 bought and kept, 1 given back all the same."""
    for country in ("GB", "JP"):
        c, m, later = b.customer(country), b.months[-3], b.months[-2]
        item = b.item("subscription", "72.00")
        order = b.order(c, m.at(12), (item, 3))
        b.entitle(order)
        b.charge(order, item, m, 3)
        credit = b.charge(order, item, later, -1, order_at=later.at(15))
        story = "one of 3 units was credited although the order was never reduced"
        since = b.document_of(credit).at
        yield about_item("credit_without_cancellation", story, order, item, since, -credit.total)


def credited_twice(b: Builder) -> Iterator[PlantedBreak]:
    """Bought, cancelled in the window and given back, and given back once more a month later."""
    for country in ("US", "JP"):
        c, m, later = b.customer(country), b.months[-3], b.months[-2]
        item = b.item("subscription", "133.00")
        order = b.order(c, m.at(13), (item, 2), cancelled_at=m.at(17))
        b.entitle(order)
        b.charge(order, item, m, 2)
        b.charge(order, item, m, -2, order_at=m.at(17))
        again = b.charge(order, item, later, -2, order_at=m.at(17))
        story = "2 units were billed once and credited twice"
        since = b.document_of(again).at
        yield about_charges("over_credited", story, again, order, since, -again.subtotal)


def credited_and_never_billed(b: Builder) -> Iterator[PlantedBreak]:
    """Cancelled before it was ever billed, and given back nevertheless, in a foreign currency."""
    c, m = b.customer("NL"), b.months[-3]
    item = b.item("reservation", "420.00")
    cancelled_at = m.at(22)
    order = b.order(c, cancelled_at - timedelta(days=1), (item, 2), cancelled_at=cancelled_at)
    b.entitle(order)
    credit = b.charge(order, item, m, -2, order_at=cancelled_at)
    story = "2 reservations were credited that had never been billed"
    since = b.document_of(credit).at
    yield about_charges("over_credited", story, credit, order, since, -credit.subtotal)
