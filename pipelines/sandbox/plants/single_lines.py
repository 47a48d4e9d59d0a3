"""Lines that are wrong by themselves: arithmetic, tax, exchange rate, currency."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from pipelines.sandbox.builder import Builder, Draft
from pipelines.sandbox.facts import Charge, Order, PlantedBreak
from pipelines.sandbox.plants.rows import about_line
from pipelines.sandbox.trade import EXACT, Month, truncated


def subtotals_off_their_formula(b: Builder) -> Iterator[PlantedBreak]:
    """The subtotal is what was ordered, but the line's own price says otherwise."""
    for country, month, gap in (("US", -2, "1.25"), ("JP", -1, "-300"), ("DE", -3, "4.10")):
        order, charge, document = bought(b, country, b.months[month], "84.00", 3)
        charge = swapped(document, charge, effective_unit_price=charge.effective_unit_price - Decimal(gap))
        story = f"3 units at the line's price give {gap} {charge.currency} a unit less than its subtotal"
        yield about_line("line_formula", story, charge, document, order, abs(Decimal(gap)) * 3)


def tax_on_the_wrong_side(b: Builder) -> Iterator[PlantedBreak]:
    """A charge whose tax is given back."""
    for country, month in (("DE", -2), ("JP", -3)):
        order, charge, document = bought(b, country, b.months[month], "61.00", 2)
        charge = swapped(document, charge, tax=-charge.tax, total=charge.subtotal - charge.tax)
        story = f"tax of {charge.tax} {charge.currency} on a charge of {charge.subtotal}"
        yield about_line("tax_sign", story, charge, document, order, 2 * abs(charge.tax))


def tax_at_another_rate(b: Builder) -> Iterator[PlantedBreak]:
    """One line of a country with a single rate carries another one."""
    for country, month, wrong, right in (("DE", -1, "0.07", "0.19"), ("GB", -2, "0.00", "0.20")):
        order, charge, document = bought(b, country, b.months[month], "120.00", 5)
        tax = EXACT.multiply(charge.subtotal, Decimal(wrong))
        charge = swapped(document, charge, tax=tax, total=charge.subtotal + tax)
        gap = EXACT.multiply(charge.subtotal, Decimal(right) - Decimal(wrong))
        story = f"taxed at {wrong} where the invoice taxes at {right}"
        yield about_line("tax_rate_outlier", story, charge, document, order, gap)


def converted_at_another_rate(b: Builder) -> Iterator[PlantedBreak]:
    """Ordered in dollars, billed in euro at a rate that no other line of the month has."""
    for month, gap in ((-1, "0.02"), (-3, "-0.015")):
        m = b.months[month]
        order, charge, document = bought(b, "NL", m, "340.00", 2, currency="USD")
        rate = charge.rate + Decimal(gap)
        price = charge.effective_unit_price
        subtotal = truncated(EXACT.multiply(price, rate), charge.currency) * 2
        tax = truncated(EXACT.multiply(subtotal, Decimal("0.21")), charge.currency)
        charge = swapped(document, charge, rate=rate, subtotal=subtotal, tax=tax, total=subtotal + tax)
        story = f"converted at {rate}, the other lines at {m.fx_rate}"
        yield about_line("fx_rate_inconsistent", story, charge, document, order, abs(Decimal(gap)) * price * 2)


def converted_without_need(b: Builder) -> Iterator[PlantedBreak]:
    """Priced and billed in one currency, and still a rate on the line."""
    for country, month, rate in (("US", -3, "1.05"), ("JP", -2, "0.98")):
        order, charge, document = bought(b, country, b.months[month], "75.00", 4)
        charge = swapped(document, charge, rate=Decimal(rate))
        amount = charge.effective_unit_price * 4
        story = f"{charge.currency} converted to {charge.currency} at {rate}"
        yield about_line("fx_rate_identity", story, charge, document, order, abs(Decimal(rate) - 1) * amount)


def lines_on_an_invoice_of_another_currency(b: Builder) -> Iterator[PlantedBreak]:
    """A line stands on an invoice of another currency, whose total does not count it."""
    for country, month, other in (("DE", -2, "USD"), ("JP", -1, "GBP")):
        m = b.months[month]
        place = b.main_documents(m, other)[0]
        order, charge, document = bought(b, country, m, "48.00", 1, document=place)
        document.excess -= charge.total
        story = f"a line in {charge.currency} on an invoice in {other}"
        yield about_line("invoice_currency_mixed", story, charge, document, order, abs(charge.total))


def bought(
    b: Builder,
    country: str,
    month: Month,
    price: str,
    quantity: int,
    *,
    currency: str | None = None,
    document: Draft | None = None,
) -> tuple[Order, Charge, Draft]:
    """An ordinary purchase, billed and delivered."""
    customer = b.customer(country)
    item = b.item("subscription", price)
    order = b.order(customer, month.at(13), (item, quantity), currency=currency)
    b.entitle(order)
    # Old rows have no charge period, and their arithmetic is not asked.
    charge = b.charge(order, item, month, quantity, style="modern", document=document)
    return order, charge, b.document_of(charge)


def swapped(document: Draft, charge: Charge, **other: Decimal) -> Charge:
    """The same line with other facts, in its place."""
    changed = replace(charge, **other)  # type: ignore[arg-type]
    document.charges[next(i for i, line in enumerate(document.charges) if line is charge)] = changed
    return changed
