"""Entitlements that look short, or double, and are right."""

from __future__ import annotations

from datetime import timedelta

from pipelines.sandbox.builder import Builder


def term_that_is_over(b: Builder) -> None:
    """A term of one month that has ended: the right is gone, as it should be."""
    c, m = b.customer("GB"), b.months[-3]
    item = b.item("subscription", "15.00", term="P1M")
    order = b.order(c, m.at(13), (item, 5))
    b.entitle(order, ends_at=order.created_at + timedelta(days=31))
    b.charge(order, item, m, 5)


def transferred_units(b: Builder) -> None:
    """2 of 5 units were transferred: the quantity leaves them out, the details count them."""
    c, m = b.customer("US"), b.months[-2]
    item = b.item("perpetual", "82.00", term="")
    order = b.order(c, m.at(10), (item, 5))
    b.entitle(order, transferred=2)
    b.charge(order, item, m, 5)


def parts_of_a_bundle(b: Builder) -> None:
    """A bundle lists its parts under the same order, one of them with the bundle's own product: they add nothing."""
    for country in ("DE", "JP"):
        c, m = b.customer(country), b.months[-1]
        item = b.item("perpetual", "520.00", term="")
        part = b.item("perpetual", "0", term="", sku="0001")
        order = b.order(c, m.at(8), (item, 2))
        b.entitle(order, included=(part, item))
        b.charge(order, item, m, 2)
