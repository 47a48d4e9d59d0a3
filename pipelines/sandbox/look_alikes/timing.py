"""Things that are not wrong yet, or no longer our concern."""

from __future__ import annotations

from datetime import timedelta

from pipelines.sandbox.builder import Builder


def ordered_this_month(b: Builder) -> None:
    """Ordered and delivered in the open month: its invoice is not out yet, so nothing is missing."""
    for country in ("US", "DE", "GB", "JP", "NL"):
        c = b.customer(country)
        order = b.order(c, b.open_month.at(b.rng.randrange(2, 12)), (b.item("subscription", "77.00"), 2))
        b.entitle(order)


def ordered_ten_minutes_ago(b: Builder) -> None:
    """Ordered ten minutes before the usual clock and already entitled: the list does not show it yet, by id it is
    there."""
    c = b.customer("US")
    b.entitle(b.order(c, b.open_month.at(14, 8, 50), (b.item("reservation", "300.00"), 1)))


def still_pending(b: Builder) -> None:
    """Pending orders of the last weeks are neither billed nor delivered, and need not be."""
    for country in ("US", "JP"):
        c = b.customer(country)
        b.order(c, b.months[-1].at(22), (b.item("reservation", "510.00"), 3), pending=True)


def cancelled_this_month(b: Builder) -> None:
    """Billed for last month, cancelled in the open one: the credit is due with the next invoice."""
    for country in ("GB", "NL"):
        c, m = b.customer(country), b.months[-1]
        item = b.item("subscription", "101.00")
        order = b.order(c, m.at(20), (item, 2), cancelled_at=b.open_month.at(9))
        b.entitle(order)
        b.charge(order, item, m, 2)


def cancelled_elsewhere_last_month(b: Builder) -> None:
    """Cancelled past us in the month of the order: no record tells when, so it counts as of the end of the month of
    the bill, and the credit is due with the next invoice."""
    c, m = b.customer("GB"), b.months[-1]
    item = b.item("subscription", "67.00")
    order = b.order(c, m.at(12), (item, 2), cancelled_at=m.at(21), recorded=False)
    b.entitle(order)
    b.charge(order, item, m, 2)


def cancelled_yesterday_and_still_entitled(b: Builder) -> None:
    """Cancelled last night; the right is taken away within a day, the credit comes with the next invoice."""
    c, m = b.customer("JP"), b.months[-1]
    item = b.item("subscription", "58.00")
    cancelled_at = b.open_month.at(13, 20)
    order = b.order(c, m.at(25), (item, 3), cancelled_at=cancelled_at)
    b.entitle(order, quantity=3, ends_at=cancelled_at + timedelta(hours=20))
    b.charge(order, item, m, 3)


def ordered_yesterday_and_being_delivered(b: Builder) -> None:
    """Ordered last night, and nothing or only a part of it is there yet: a delivery may take a day."""
    for country, arrived in (("US", 0), ("JP", 2)):
        at = b.open_month.at(13, 20)
        order = b.order(
            b.customer(country), at, (b.item("perpetual", "93.00", term=""), 5), waiting={0: ((at, 5 - arrived),)}
        )
        b.entitle(order)


def delivered_overnight(b: Builder) -> None:
    """What was ordered in the evening came next morning, and was billed as ordered."""
    for country in ("DE", "JP"):
        c, m = b.customer(country), b.months[-1]
        item = b.item("subscription", "36.00")
        at = m.at(7, 18)
        order = b.order(c, at, (item, 4), waiting={0: ((at, 4), (m.at(8, 9), 0))})
        b.entitle(order)
        b.charge(order, item, m, 4)


def refund_of_an_old_order(b: Builder) -> None:
    """Bought before the first loaded month and given back inside it: the purchase is on an invoice nobody loaded."""
    for country in ("US", "JP"):
        c, m = b.customer(country), b.months[0]
        item = b.item("reservation", "890.00")
        order = b.order(c, m.start_at - timedelta(days=9), (item, 2), cancelled_at=m.at(16))
        b.entitle(order)
        b.charge(order, item, m, -2, order_at=m.at(16))


def more_seats_for_an_old_order(b: Builder) -> None:
    """Bought before the first loaded month and enlarged inside it: only the new seats are billed here."""
    c, m = b.customer("DE"), b.months[0]
    item = b.item("seat", "21.00")
    order = b.order(c, m.start_at - timedelta(days=30), (item, 10), changes={0: ((m.at(18), 14),)})
    b.entitle(order)
    b.charge(order, item, m, 4, charge_type="addQuantity", order_at=m.at(18))
