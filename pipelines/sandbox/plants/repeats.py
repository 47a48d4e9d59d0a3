"""The same thing billed twice."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.sandbox.builder import Builder
from pipelines.sandbox.facts import PlantedBreak
from pipelines.sandbox.plants.rows import about_line


def billed_twice_in_one_invoice(b: Builder) -> Iterator[PlantedBreak]:
    """2 units ordered, and the same row stands twice in the invoice."""
    for country, month in (("US", -2), ("NL", -1)):
        c, m = b.customer(country), b.months[month]
        item = b.item("perpetual", "175.00", term="")
        order = b.order(c, m.at(15), (item, 2))
        b.entitle(order)
        charge = b.charge(order, item, m, 2)
        document = b.document_of(charge)
        document.charges.append(charge)
        story = "2 units were ordered once and billed twice in one invoice"
        yield about_line("duplicate_in_invoice", story, charge, document, order, charge.total)


def twins_billed_three_times(b: Builder) -> Iterator[PlantedBreak]:
    """Two equal order lines justify two equal rows; a third one is too many."""
    c, m = b.customer("JP"), b.months[-2]
    item = b.item("subscription", "83.00")
    order = b.order(c, m.at(11), (item, 1), (item, 1))
    b.entitle(order, 0)
    b.entitle(order, 1)
    charge = b.charge(order, item, m, 1)
    document = b.document_of(charge)
    document.charges += [charge, charge]
    story = "two equal order lines were billed with three equal rows"
    yield about_line("duplicate_in_invoice", story, charge, document, order, charge.total)


def billed_again_a_month_later(b: Builder) -> Iterator[PlantedBreak]:
    """One purchase on two invoices in a row."""
    for country, month, style in (("DE", -3, "modern"), ("JP", -2, "classic"), ("US", -3, "commerce")):
        c, m, later = b.customer(country), b.months[month], b.months[month + 1]
        item = b.item("reservation", "640.00")
        order = b.order(c, m.at(23), (item, 1))
        b.entitle(order)
        b.charge(order, item, m, 1, charge_type="New", style=style)
        again = b.charge(order, item, later, 1, charge_type="New", style=style)
        story = "one reservation was billed on two invoices"
        yield about_line("duplicate_across_invoices", story, again, b.document_of(again), order, again.total)
