"""A dispute as a letter in Markdown: what was charged, what we expected, what we ask for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from pipelines.money import booked, money_text
from pipelines.reports.dispute_evidence import Evidence
from pipelines.reports.dispute_sentences import OTHER, WORDINGS, Wording
from pipelines.reports.disputes import Dispute
from pipelines.reports.rows import Row
from pipelines.reports.statement import amount_text

_ROWS_SHOWN = 12
# Lines of an invoice that is another one than it was.
_CHANGED = {"line gone": "No longer on", "line new": "New on"}


def letter_name(dispute: Dispute) -> str:
    """The file of a letter: it keeps its name as long as the break stands."""
    return f"dispute-{dispute.found['break_id'][:12]}.md"


def evidence_name(dispute: Dispute) -> str:
    """The file of its evidence, beside it."""
    return f"dispute-{dispute.found['break_id'][:12]}-evidence.csv"


def letter(dispute: Dispute) -> str:
    """The text for the vendor."""
    found, wording = dispute.found, wording_of(dispute)
    filled = _filled(dispute)
    billed = [one for one in dispute.evidence if one.kind in ("document", "invoice line", "balance")]
    changed = [one for one in dispute.evidence if one.kind in _CHANGED]
    ordered = [one for one in dispute.evidence if one not in billed and one not in changed]
    parts = [
        f"# {wording.subject}",
        "",
        *_about(dispute),
        "",
        wording.claim.format_map(filled),
        "",
        *_figures(dispute),
        *_section("What changed", changed, evidence_name(dispute)),
        *_section("What was charged", billed, evidence_name(dispute)),
        *_section("What we expected", ordered, evidence_name(dispute)),
        "## Our request",
        "",
        wording.request.format_map(filled),
    ]
    if found["expected_at"]:
        parts += ["", f"We expect an answer by {found['expected_at']:%Y-%m-%d}."]
    if dispute.evidence:
        parts += ["", f"All rows are in the attached file {evidence_name(dispute)}."]
    return "\n".join(parts) + "\n"


def wording_of(dispute: Dispute) -> Wording:
    """The sentences for what is disputed."""
    return WORDINGS.get(dispute.found["break_code"], OTHER)


def _about(dispute: Dispute) -> Iterator[str]:
    found, names = dispute.found, dispute.names
    yield f"- Our reference: {dispute.reference}"
    if found["owner"]:
        yield f"- Our contact: {found['owner']}"
    if names["invoice_id"]:
        issued = f" of {names['invoice_at']:%Y-%m-%d}" if names["invoice_at"] else ""
        yield f"- Invoice: {names['invoice_id']}{issued}"
    if found["customer_id"]:
        yield f"- Customer: {_named(names['customer_name'], found['customer_id'])}"
    if found["order_id"]:
        yield f"- Order: {found['order_id']}"
    if found["product_id"]:
        item = ":".join(part for part in (found["product_id"], found["sku_id"]) if part)
        yield f"- Product: {_named(names['sku_name'] or names['product_name'], item)}"
    yield f"- Amount in question: {_amount(dispute)}"


def _figures(dispute: Dispute) -> Iterator[str]:
    if wording_of(dispute).has_figures:
        # What is at risk is our word for it; the amount in question stands above.
        figures = [part for part in dispute.found["explanation"].split("; ") if "at risk" not in part]
        yield f"In figures: {'; '.join(figures)}."
        yield ""


def _section(title: str, found: list[Evidence], file: str) -> Iterator[str]:
    if not found:
        return
    yield f"## {title}"
    yield ""
    for one in found[:_ROWS_SHOWN]:
        yield f"- {_sentence(one)}"
    if len(found) > _ROWS_SHOWN:
        yield f"- and {len(found) - _ROWS_SHOWN:,} more, all in {file}"
    yield ""


def _sentence(one: Evidence) -> str:
    money = [
        f"{amount_text(amount, one.minor_digits)} {one.currency or ''}{name}".rstrip()
        for amount, name in ((one.subtotal, " before tax"), (one.tax, " tax"), (one.total, " in all"))
        if amount is not None
    ]
    item = ":".join(part for part in (one.product_id, one.sku_id) if part)
    quantity = amount_text(one.quantity, 0) if one.quantity is not None else "unknown"
    if one.kind in _CHANGED:
        named = f", order {one.order_id}" if one.order_id else ""
        what = one.what or "charge"
        return f"{_CHANGED[one.kind]} invoice {one.document}, {what}: {quantity} × {item}{named}: {', '.join(money)}"
    if one.kind == "invoice line":
        named = f", order {one.order_id}" if one.order_id else ""
        price = "" if one.unit_price is None else f" at {amount_text(one.unit_price, one.minor_digits)}"
        rate = "" if one.pricing_currency in (None, one.currency) else f" {one.pricing_currency}, rate {_rate(one)}"
        what = one.what or "charge"
        return f"Invoice {one.document}, {what}: {quantity} × {item}{price}{rate}{named}: {', '.join(money)}"
    if one.kind == "order line":
        return f"Order {one.order_id}{_on(one.at)} ({one.what}): {quantity} × {item}: {', '.join(money)}".rstrip(": ")
    if one.kind == "reduction":
        return f"Reduced to {quantity}" + (f" on {one.at:%Y-%m-%d}" if one.at else "")
    if one.kind == "delivery":
        return f"Received by the customer: {quantity} × {item}"
    if one.kind == "balance":
        return f"Balance{_on(one.at)}: {amount_text(one.total, one.minor_digits)} {one.currency}"
    return f"{str(one.what).replace('_', ' ').capitalize()} {one.document}{_on(one.at)}: {', '.join(money)}"


def _filled(dispute: Dispute) -> dict[str, str]:
    item = dispute.story["items"][0] if dispute.story["items"] else None
    sides: Row = item["sides"] if item else {}
    return {
        "amount": _amount(dispute),
        "invoice": str(dispute.names["invoice_id"] or "without a number"),
        **{
            name: amount_text(sides[side]["quantity"], 0) if sides else "unknown"
            for name, side in (("ordered", "expected"), ("charged", "charged"), ("received", "entitled"))
        },
    }


def _amount(dispute: Dispute) -> str:
    found = dispute.found
    if found["at_risk_amount"] is None:
        return "an amount still to be established"
    amount = booked(found["at_risk_amount"], dispute.story["digits"])
    return f"{amount_text(amount, dispute.story['digits'])} {found['currency'] or ''}".rstrip()


def _rate(one: Evidence) -> str:
    return "unknown" if one.fx_rate is None else money_text(one.fx_rate)


def _named(name: str | None, known_as: str) -> str:
    return f"{name} ({known_as})" if name else known_as


def _on(at: datetime | None) -> str:
    return f" of {at:%Y-%m-%d}" if at else ""
