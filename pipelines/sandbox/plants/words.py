"""Words and references that lead nowhere: resellers, charge types, kinds of documents, amended ids, parts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from pipelines.sandbox.builder import Builder, Draft
from pipelines.sandbox.facts import BalanceError, Charge, Order, PlantedBreak
from pipelines.sandbox.plants.rows import about_balance, about_charges, about_document, about_line
from pipelines.sandbox.trade import Month


def sold_by_another_reseller(b: Builder) -> Iterator[PlantedBreak]:
    """The bill names another reseller than the order, or one of the two names none."""
    for country, month, ordered, billed in (
        ("US", -2, "4870137", "4870999"),
        ("JP", -1, "4870137", ""),
        ("NL", -3, "", "4870137"),
    ):
        order, charge, document = bought(b, country, b.months[month], reseller_id=ordered)
        place = next(index for index, line in enumerate(document.charges) if line is charge)
        document.charges[place] = replace(charge, customer=replace(charge.customer, reseller_id=billed))
        story = f"billed with reseller {billed or 'none'}, ordered with {ordered or 'none'}"
        yield about_charges("reseller_mismatch", story, charge, order, document.at, Decimal(0))


def charge_types_nobody_documented(b: Builder) -> Iterator[PlantedBreak]:
    """Ordinary purchases under a charge type that is in no list."""
    for country, month, word in (("US", -1, "Reassign"), ("JP", -2, "true_up"), ("GB", -3, "Instalment")):
        order, charge, document = bought(b, country, b.months[month], charge_type=word)
        story = f"a line of charge type {word}"
        yield about_line("unknown_value", story, charge, document, order, abs(charge.total))


def documents_of_an_unknown_type(b: Builder) -> Iterator[PlantedBreak]:
    """An invoice like any other, but for the name of its kind."""
    m = b.months[-2]
    document = b.draft(m, "EUR", document_type="interim_bill")
    for _ in range(2):
        bought(b, "DE", m, document=document)
    total = document.frozen().total_charges
    yield about_document("unknown_value", "a document of type interim_bill", document, abs(total))


def notes_on_unknown_documents(b: Builder) -> Iterator[PlantedBreak]:
    """Adjustment notes that amend a document which nobody has seen."""
    for currency, month, total in (("GBP", -2, "-75.00"), ("JPY", -3, "2400"), ("EUR", -1, "18.20")):
        note = b.draft(
            b.months[month],
            currency,
            document_type="adjustment_note",
            amends_of=f"X{b.rng.randrange(10**8):09d}",
            total=Decimal(total),
            has_details=False,
        )
        story = f"a note of {total} {currency} on {note.amends_of}, which is not there"
        yield about_document("amendment_unlinked", story, note, abs(Decimal(total)))


def balances_that_are_not_their_parts(b: Builder) -> Iterator[PlantedBreak]:
    """Recurring and one-time part are right, and the balance is another amount than both together."""
    since = b.open_month.at(9)
    for currency, gap in (("USD", "64.00"), ("EUR", "-0.50")):
        b.balance_errors.append(BalanceError(currency, "sum", Decimal(gap), since))
        story = f"the balance is {gap} {currency} off the sum of its parts"
        yield about_balance("balance_detail", story, currency, "total", since, abs(Decimal(gap)))


def bought(
    b: Builder,
    country: str,
    month: Month,
    *,
    reseller_id: str = "",
    charge_type: str | None = None,
    document: Draft | None = None,
) -> tuple[Order, Charge, Draft]:
    """An ordinary purchase, billed and delivered."""
    customer = b.customer(country, reseller_id=reseller_id)
    item = b.item("subscription", "57.00")
    order = b.order(customer, month.at(14), (item, 2))
    b.entitle(order)
    charge = b.charge(order, item, month, 2, style="modern", charge_type=charge_type, document=document)
    return order, charge, b.document_of(charge)
