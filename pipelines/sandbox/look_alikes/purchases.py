"""Orders and charges that agree although their texts do not."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from pipelines.sandbox.builder import Builder


def prices_rounded_twice(b: Builder) -> None:
    """33.3333 a unit: the bill cuts the price to 33.33 before it multiplies, the order rounds only the sum."""
    for country, price in (("US", Decimal("33.3333")), ("JP", Decimal("1533.7"))):
        c, m = b.customer(country), b.months[-2]
        item = b.item("subscription", "33.33")
        order = b.order(c, m.at(9), (item, 30), prices={0: price})
        b.entitle(order)
        b.charge(order, item, m, 30, price=price)


def ids_that_differ_only_in_case(b: Builder) -> None:
    """Two orders of the same thing whose ids differ in nothing but case: each has its own charge."""
    c, m = b.customer("US"), b.months[-1]
    item = b.item("perpetual", "99.00", term="")
    order_id = b.order_id()
    for name, quantity in ((order_id, 2), (order_id.swapcase(), 3)):
        order = b.order(c, m.at(17), (item, quantity), order_id=name)
        b.entitle(order)
        b.charge(order, item, m, quantity, style="modern")


def change_lines_on_an_order(b: Builder) -> None:
    """The order tells of its enlargement in a line of its own, which adds nothing to the quantity of the first."""
    c, m, later = b.customer("GB"), b.months[-3], b.months[-2]
    item = b.item("seat", "17.50")
    order = b.order(
        c,
        m.at(4),
        (item, 10),
        (item, 5),
        changes={0: ((later.at(20), 15),)},
        line_types={0: "new", 1: "addQuantity"},
    )
    b.entitle(order)
    b.charge(order, item, m, 10)
    b.charge(order, item, later, 5, charge_type="addQuantity", order_at=later.at(20))


def another_availability(b: Builder) -> None:
    """The charge names another availability than the order: they change over time and decide nothing."""
    c, m = b.customer("DE"), b.months[-2]
    item = b.item("perpetual", "140.00", term="")
    order = b.order(c, m.at(13), (item, 1))
    b.entitle(order)
    b.charge(order, replace(item, availability_id=item.availability_id[:-1] + "0"), m, 1)


def guid_instead_of_an_offer(b: Builder) -> None:
    """The order line names its offer by a GUID; product and SKU stand only in its link."""
    for country in ("US", "NL"):
        c, m = b.customer(country), b.months[-1]
        item = b.item("subscription", "45.00")
        order = b.order(c, m.at(11), (item, 6), guid_offer=True)
        b.entitle(order)
        b.charge(order, item, m, 6)


def billed_again_in_a_foreign_currency(b: Builder) -> None:
    """Taken back and billed anew a month later at another rate: nothing remains in the pricing currency."""
    c, m, later = b.customer("NL"), b.months[-3], b.months[-2]
    item = b.item("reservation", "1500.00")
    order = b.order(c, m.at(20), (item, 1), currency="USD")
    b.entitle(order)
    b.charge(order, item, m, 1)
    b.charge(order, item, later, -1)
    b.charge(order, item, later, 1)


def the_same_bought_twice_in_a_day(b: Builder) -> None:
    """Two orders that only their ids tell apart, and a charge for each: the id decides, so nothing is open."""
    for country in ("US", "JP"):
        c, m = b.customer(country), b.months[-2]
        item = b.item("perpetual", "58.00", term="")
        for hour in (9, 15):
            order = b.order(c, m.at(12, hour), (item, 2))
            b.entitle(order)
            b.charge(order, item, m, 2, style="modern")


def two_customers_who_buy_alike(b: Builder) -> None:
    """Two customers order the same at the same time and are billed on the same invoice, each for its own order."""
    m, item = b.months[-1], b.item("perpetual", "77.00", term="")
    document = b.main_documents(m, "EUR")[0]
    for _ in range(2):
        order = b.order(b.customer("DE"), m.at(14), (item, 3))
        b.entitle(order)
        b.charge(order, item, m, 3, style="modern", document=document)
