"""Documents that do not count, or count without lines."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from pipelines.sandbox.builder import Builder, Draft
from pipelines.sandbox.facts import Charge
from pipelines.sandbox.trade import Month


def bill_apart(b: Builder, country: str, m: Month) -> tuple[Draft, list[Charge]]:
    """A small invoice of its own with two purchases."""
    c = b.customer(country)
    document = b.draft(m, c.billing_currency, m.invoiced_at(6, 2))
    charges = []
    for day, price in ((7, "64.00"), (8, "128.00")):
        item = b.item("subscription", price)
        order = b.order(c, m.at(day), (item, 2))
        b.entitle(order)
        charges.append(b.charge(order, item, m, 2, document=document))
    return document, charges


def voided_and_adjusted(b: Builder) -> None:
    """An invoice became a void note; its adjustment note bills the same lines again: only the note counts."""
    for country in ("DE", "JP"):
        document, charges = bill_apart(b, country, b.months[-2])
        note = b.draft(
            document.month,
            document.currency,
            document.at + timedelta(hours=20),
            document_type="adjustment_note",
            amends_of=document.id,
        )
        note.charges += charges
        document.void_at, document.void_shown_as = note.at, "document_type"


def voided_by_a_note(b: Builder) -> None:
    """An invoice is amended by a void note, and its lines stand on the ordinary invoice as well: billed once."""
    document, charges = bill_apart(b, "GB", b.months[-2])
    note = b.draft(
        document.month,
        document.currency,
        document.at + timedelta(hours=30),
        document_type="void_note",
        amends_of=document.id,
        total=-document.frozen().total_charges,
        has_details=False,
    )
    document.void_at, document.void_shown_as = note.at, "amendment"
    b.main_documents(b.months[-2], "GBP")[0].charges += charges


def voided_by_state(b: Builder) -> None:
    """An invoice says only by its state that it is void; its lines stand on the ordinary invoice as well."""
    document, charges = bill_apart(b, "US", b.months[-1])
    document.void_at, document.void_shown_as = document.at + timedelta(hours=12), "state"
    b.main_documents(b.months[-1], "USD")[0].charges += charges


def notes_without_lines(b: Builder) -> None:
    """Adjustment notes that carry an amount and no lines; the newest is not in the account balance yet."""
    for currency, month, at, total in (
        ("JPY", b.months[-2], None, "1500"),
        ("EUR", b.months[-1], b.open_month.at(13, 5), "-120.00"),
    ):
        base = b.main_documents(month, currency)[0]
        b.draft(
            month,
            currency,
            at or base.at + timedelta(hours=5),
            document_type="adjustment_note",
            amends_of=base.id,
            total=Decimal(total),
            has_details=False,
        )


def nothing_to_pay(b: Builder) -> None:
    """An invoice over zero needs no lines."""
    b.draft(b.months[-1], "GBP", total=Decimal(0))


def open_and_shown_without_parts(b: Builder) -> None:
    """An invoice in pounds is open, and the balance in pounds comes without its parts: there is nothing to add up."""
    bill_apart(b, "GB", b.months[-1])
