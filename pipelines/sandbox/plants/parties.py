"""The wrong customer, an unknown customer, the wrong currency."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.sandbox.builder import Builder
from pipelines.sandbox.facts import PlantedBreak
from pipelines.sandbox.plants.rows import about_charges
from pipelines.sandbox.trade import price_in


def billed_to_another_customer(b: Builder) -> Iterator[PlantedBreak]:
    """One customer's order is billed under another customer, who is known."""
    for country, month in (("US", -3), ("JP", -1)):
        owner, other, m = b.customer(country), b.customer(country), b.months[month]
        item = b.item("subscription", "119.00")
        order = b.order(owner, m.at(8), (item, 2))
        b.entitle(order)
        charge = b.charge(order, item, m, 2, customer=other, style="modern")
        story = f"the order of customer {owner.id} was billed under another customer"
        since = b.document_of(charge).at
        yield about_charges("customer_mismatch", story, charge, order, since, charge.total)


def billed_to_an_unknown_customer(b: Builder) -> Iterator[PlantedBreak]:
    """One customer's order is billed under a tenant that is no customer: both facts are reported."""
    for country, month in (("GB", -2), ("NL", -3)):
        owner, stranger, m = b.customer(country), b.customer(country, listed=False), b.months[month]
        item = b.item("subscription", "167.00")
        order = b.order(owner, m.at(19), (item, 1))
        b.entitle(order)
        charge = b.charge(order, item, m, 1, customer=stranger, style="modern")
        since = b.document_of(charge).at
        story = f"the order of customer {owner.id} was billed under a tenant that is not among the customers"
        yield about_charges("customer_mismatch", story, charge, order, since, charge.total)
        yield about_charges("customer_unknown", story, charge, order, since, charge.total)


def ordered_in_a_third_currency(b: Builder) -> Iterator[PlantedBreak]:
    """The order is in a currency that is neither the billing nor the pricing currency of its charge."""
    for country, month, currency in (("US", -2, "GBP"), ("JP", -3, "EUR")):
        c, m = b.customer(country), b.months[month]
        item = b.item("subscription", "210.00")
        order = b.order(c, m.at(6), (item, 2), currency=currency, prices={0: price_in(item.price, currency)})
        b.entitle(order)
        charge = b.charge(order, item, m, 2)
        story = f"ordered in {currency}, priced and billed in {charge.currency}"
        since = b.document_of(charge).at
        yield about_charges("currency_mismatch", story, charge, order, since, charge.total)


def billed_in_two_currencies(b: Builder) -> Iterator[PlantedBreak]:
    """3 units billed in EUR, a fourth one added later and billed in USD: shown in the greater part's currency."""
    c, m, later = b.customer("DE"), b.months[-3], b.months[-2]
    item = b.item("seat", "48.00")
    added_at = later.at(15)
    order = b.order(c, m.at(5), (item, 3), changes={0: ((added_at, 4),)})
    b.entitle(order)
    charge = b.charge(order, item, m, 3)
    extra = b.charge(
        order,
        item,
        later,
        1,
        charge_type="addQuantity",
        currency="USD",
        price=price_in(item.price, "USD"),
        order_at=added_at,
    )
    story = "3 units were billed in EUR and one in USD"
    since = b.document_of(extra).at
    yield about_charges("currency_mismatch", story, charge, order, since, charge.total)
