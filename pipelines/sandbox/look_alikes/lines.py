"""Lines that have no purchase to match, and need none."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from pipelines.sandbox.builder import Builder


def credits_without_an_order(b: Builder) -> None:
    """Customer credits and service credits are adjustments: no order explains them."""
    for country in ("US", "JP"):
        c, m = b.customer(country), b.months[-2]
        credit = b.item("plan", "25.00", term="")
        b.charge(None, credit, m, -1, customer=c, charge_type="customerCredit", order_ref="", style="modern")
        b.charge(
            None,
            credit,
            m,
            -1,
            customer=c,
            order_ref=b.order_id(),
            credit_reason="Azure Credit Offer",
            style="modern",
        )


def recurring_and_usage_without_an_order(b: Builder) -> None:
    """Monthly lines and metered lines whose order is not known are not one-time charges."""
    c, m = b.customer("GB"), b.months[-1]
    seat, meter = b.item("seat", "12.00"), b.item("meter", "0.0831", term="")
    b.charge(None, seat, m, 7, customer=c, order_ref=b.order_id(), frequency="Monthly", style="modern")
    b.charge(
        None,
        meter,
        m,
        1,
        customer=c,
        order_ref=b.order_id(),
        meter="LRS Data Stored",
        price=Decimal("0.0831"),
        billable=Decimal("412.5077"),
        style="modern",
    )


def meter_on_a_purchase(b: Builder) -> None:
    """Old rows carry a meter text even for a purchase: the order says that it was one."""
    c, m = b.customer("US"), b.months[-3]
    item = b.item("perpetual", "64.00", term="")
    order = b.order(c, m.at(12), (item, 1))
    b.entitle(order)
    b.charge(order, item, m, 1, meter="Bandwidth - Data Transfer In (GB) - Zone 2", style="classic")


def reseller_on_both_sides(b: Builder) -> None:
    """The reseller is a number on the bill and a text on the order: the same reseller."""
    c, m = b.customer("DE", reseller_id="4870137"), b.months[-1]
    item = b.item("subscription", "39.00")
    order = b.order(c, m.at(6), (item, 2))
    b.entitle(order)
    b.charge(order, item, m, 2, style="classic")


def small_change_in_tax(b: Builder) -> None:
    """The tax of a few cents is rounded like any other: a cent off the rate is no other rate."""
    for country in ("DE", "GB"):
        c, m = b.customer(country), b.months[-2]
        item = b.item("subscription", "0.03")
        order = b.order(c, m.at(11), (item, 1))
        b.entitle(order)
        b.charge(order, item, m, 1, style="modern")


def old_rows_with_another_price(b: Builder) -> None:
    """Rows of the oldest kind show a list price that was not charged; their arithmetic proves nothing."""
    c, m = b.customer("US"), b.months[-3]
    item = b.item("perpetual", "431.80", term="")
    order = b.order(c, m.at(9), (item, 1))
    b.entitle(order)
    charge = b.charge(order, item, m, 1, style="classic")
    lines = b.document_of(charge).charges
    place = next(index for index, line in enumerate(lines) if line is charge)
    lines[place] = replace(charge, unit_price=Decimal("496.07"), effective_unit_price=Decimal("496.07"))


def credits_of_a_customer_that_left(b: Builder) -> None:
    """The customer is not in the list any more, and a credit still comes: an adjustment is no charge to compare."""
    for country in ("US", "JP"):
        c, m = b.customer(country, listed=False), b.months[-2]
        credit = b.item("plan", "18.00", term="")
        b.charge(None, credit, m, -1, customer=c, charge_type="customerCredit", order_ref="", style="modern")


def a_minor_unit_off(b: Builder) -> None:
    """Subtotal and tax miss the total by one minor unit, a cent or a yen: rounding, and no more."""
    for country, step in (("GB", "0.01"), ("JP", "-1")):
        c, m = b.customer(country), b.months[-1]
        item = b.item("subscription", "45.00")
        order = b.order(c, m.at(8), (item, 2))
        b.entitle(order)
        b.charge(order, item, m, 2, style="modern", excess_total=Decimal(step))
