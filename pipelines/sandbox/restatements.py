"""Documents that are other ones later on: lines come or go weeks after they were sent, or the total moves.

Only a reader who had read a document before can know. So these stand apart from the other plants, whose truth is that
of a first reading.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from pipelines.sandbox.facts import Charge, Document, PlantedBreak

RESTATED_AT = datetime(2026, 10, 28, 6, tzinfo=UTC)
# The lines of the newest invoice in euros come in another order, and nothing else about it changes: no break.
_SHUFFLED = "EUR"
_STORIES = {
    "USD": "a seat is gone from the invoice three weeks after it was sent",
    "JPY": "a seat is billed a second time on the invoice, three weeks after it was sent",
    "GBP": "the invoice asks for a penny more over the same lines, three weeks after it was sent",
}


def restated(documents: tuple[Document, ...]) -> dict[str, Document]:
    """What the newest one-time invoice of each such currency is from `RESTATED_AT` on, by its id."""
    found = {}
    for currency in (*_STORIES, _SHUFFLED):
        mine = (one for one in documents if one.currency == currency and _seats(one) and one.at < RESTATED_AT)
        newest = max(mine, key=lambda one: (one.at, len(one.charges), one.id), default=None)
        if newest is not None:
            seat = max(_seats(newest), key=lambda charge: charge.total)
            found[newest.id] = _CHANGES[currency](newest, seat)
    return found


def truth_of_restatements(
    documents: Mapping[str, Document], later: Mapping[str, Document], read_at: datetime, clock: datetime
) -> list[PlantedBreak]:
    """The breaks that a reader of `read_at` must find besides, who reads again at `clock`."""
    if not read_at < RESTATED_AT <= clock:
        return []
    return [
        PlantedBreak(
            break_code="closed_invoice_restated",
            invoice_id=invoice_id,
            customer_id=None,
            order_id=None,
            product_id=None,
            sku_id=None,
            entitlement_id=None,
            currency=document.currency,
            invoice_type=document.invoice_type,
            period=f"{document.at:%Y-%m}",
            at_risk_amount=abs(document.total_charges - documents[invoice_id].total_charges),
            story=_STORIES[document.currency],
            visible_from=RESTATED_AT,
        )
        for invoice_id, document in later.items()
        if documents[invoice_id].at <= read_at and document.currency in _STORIES
    ]


def _seats(document: Document) -> list[Charge]:
    """Recurring lines: no rule about orders looks at them."""
    # A total that is planted wrong has a story of its own.
    if document.amends_of or not document.has_details or document.total_charges != document.lines_total:
        return []
    return [charge for charge in document.charges if charge.item.kind == "seat" and charge.total > Decimal(0)]


def _without(document: Document, seat: Charge) -> Document:
    kept = list(document.charges)
    kept.remove(seat)
    return replace(document, charges=tuple(kept), total_charges=document.total_charges - seat.total)


def _with_again(document: Document, seat: Charge) -> Document:
    charges = (*document.charges, seat)
    return replace(document, charges=charges, total_charges=document.total_charges + seat.total)


def _for_a_penny_more(document: Document, _: Charge) -> Document:
    # As much as rounding may explain, so that the total still agrees with its lines.
    return replace(document, total_charges=document.total_charges + Decimal("0.01"))


def _in_another_order(document: Document, _: Charge) -> Document:
    return replace(document, charges=document.charges[::-1])


_CHANGES: dict[str, Callable[[Document, Charge], Document]] = {
    "USD": _without,
    "JPY": _with_again,
    "GBP": _for_a_penny_more,
    _SHUFFLED: _in_another_order,
}
