"""The PDFs of the pretend business: what a statement prints, which two print a wrong total, and tax receipts.

A reader that downloads no PDF sees nothing of the two, so they are no part of `World.truth`.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from zlib import crc32

from pipelines.sandbox.facts import Document, PlantedBreak
from pipelines.sandbox.pdf import text_page
from pipelines.sandbox.trade import MINOR_UNITS, SYMBOLS
from pipelines.sandbox.world import World

MISPRINTS = {"EUR": Decimal("10.00"), "JPY": Decimal(-1200)}
"""By how much the statement of one document of a currency is off its header."""
RECEIPT_CURRENCIES = frozenset({"JPY"})
"""Documents of these come with a tax receipt, as those of Taiwan do."""


def misprint_of(world: World, document: Document) -> Decimal:
    """How much more the PDF prints than the header says; 0 for all but two documents."""
    ordinary = (
        one
        for one in world.documents
        if one.currency == document.currency
        and (one.document_type, one.amends_of, one.void_at) == ("invoice", None, None)
        and one.total_charges > abs(MISPRINTS.get(one.currency, Decimal(0)))
    )
    chosen = next(ordinary, None)
    is_chosen = chosen is not None and chosen.id == document.id
    return MISPRINTS.get(document.currency, Decimal(0)) if is_chosen else Decimal(0)


def statement_truth(world: World, clock: datetime) -> list[PlantedBreak]:
    """The breaks that someone who reads every statement at `clock` must find on top of the others."""
    found = []
    for document in world.documents:
        gap = misprint_of(world, document)
        if document.at <= clock and gap:
            found.append(
                PlantedBreak(
                    break_code="statement_vs_invoice",
                    invoice_id=document.id,
                    customer_id=None,
                    order_id=None,
                    product_id=None,
                    sku_id=None,
                    entitlement_id=None,
                    currency=document.currency,
                    invoice_type=None,
                    period=f"{document.at:%Y-%m}",
                    at_risk_amount=abs(gap),
                    story=f"the PDF prints {gap} {document.currency} more than the header says",
                    visible_from=document.at,
                )
            )
    return found


def receipts_of(document: Document) -> tuple[str, ...]:
    """Ids of the tax receipts of a document."""
    is_receipted = document.currency in RECEIPT_CURRENCIES and document.document_type == "invoice"
    return (f"TR{crc32(document.id.encode()) % 10**8:08d}",) if is_receipted else ()


def statement_pdf(world: World, document: Document, quirks: bool) -> bytes:
    """The statement of a document: one page, amounts in the manner of its currency."""
    total = document.total_charges + misprint_of(world, document)
    lines = [
        "Statement of a pretend business",
        f"Invoice number: {document.id}",
        f"Invoice date: {document.at:%Y-%m-%d}",
        f"Billing period: {document.period_start_at:%Y-%m-%d} to {document.period_end_at:%Y-%m-%d}",
        f"All amounts are in {document.currency}.",
        f"Lines: {len(document.charges)}",
        f"Total (including Tax) {printed(total, document.currency, quirks)}",
    ]
    return text_page(lines)


def receipt_pdf(document: Document, receipt_id: str) -> bytes:
    """A tax receipt."""
    return text_page(["Tax receipt", f"Receipt number: {receipt_id}", f"Invoice number: {document.id}"])


def printed(amount: Decimal, currency: str, quirks: bool) -> str:
    """An amount on paper. With quirks each currency has separators of its own, and brackets mean a credit."""
    digits = MINOR_UNITS[currency]
    plain = f"{abs(amount):,.{digits}f}"
    if not quirks:
        return f"{'-' if amount < 0 else ''}{plain} {currency}"
    if currency == "EUR":
        swapped = plain.translate(str.maketrans(",.", ".,"))
        text = f"{swapped} {SYMBOLS[currency]}"
    elif currency == "USD":
        text = f"USD {plain}"
    else:
        text = f"{SYMBOLS[currency]}{plain}"
    return f"({text})" if amount < 0 else text
