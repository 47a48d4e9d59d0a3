"""A dispute as a letter in Markdown, its evidence as CSV, and one index over all of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from pipelines.money import add_exactly, booked, money_text
from pipelines.reports.dispute_evidence import Evidence
from pipelines.reports.dispute_sentences import OTHER, WORDINGS, Wording
from pipelines.reports.disputes import Dispute
from pipelines.reports.rows import Row, safe_cell
from pipelines.reports.statement import amount_text

EVIDENCE_COLUMNS = (
    *("evidence", "document", "date", "what", "order_id", "customer_id", "product_id", "sku_id", "quantity"),
    *("unit_price", "pricing_currency", "exchange_rate", "amount_before_tax", "tax", "total", "currency"),
)
INDEX_COLUMNS = (
    *("letter", "evidence", "break_id", "break_code", "severity", "status", "is_primary", "owner", "ticket"),
    *(
        "expected_at",
        "invoice_id",
        "customer_id",
        "order_id",
        "product_id",
        "sku_id",
        "currency",
        "amount",
        "subject",
    ),
)
_ROWS_SHOWN = 12


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
    ordered = [one for one in dispute.evidence if one not in billed]
    parts = [
        f"# {wording.subject}",
        "",
        *_about(dispute),
        "",
        wording.claim.format_map(filled),
        "",
        *_figures(dispute),
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


def evidence_csv(dispute: Dispute) -> str:
    """All rows of evidence; amounts to the last digit, and at least with the currency's own digits."""
    return _csv(EVIDENCE_COLUMNS, (_evidence_cells(one) for one in dispute.evidence))


def index_csv(found: Sequence[Dispute]) -> str:
    """One row per dispute, for us: who looks after it, under which ticket, and how much it is about."""
    return _csv(INDEX_COLUMNS, (_index_cells(one) for one in found))


def totals(found: Sequence[Dispute]) -> dict[str, tuple[int, Decimal, int]]:
    """Per currency how many disputes there are, what they are about in all, and the digits of the currency.

    Shape:   money of a subject is added once: a named break beside a greater one of its subject adds nothing.
    """
    sums: dict[str, tuple[int, Decimal, int]] = {}
    for one in found:
        currency = one.found["currency"] or "without a currency"
        count, amount, _ = sums.get(currency, (0, Decimal(0), 0))
        digits = one.story["digits"]
        mine = booked(one.found["at_risk_amount"] or Decimal(0), digits) if one.found["is_primary"] else Decimal(0)
        sums[currency] = (count + 1, add_exactly(amount, mine), digits)
    return dict(sorted(sums.items()))


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
    if one.kind == "invoice line":
        named = f", order {one.order_id}" if one.order_id else ""
        price = "" if one.unit_price is None else f" at {amount_text(one.unit_price, one.minor_digits)}"
        rate = "" if one.pricing_currency in (None, one.currency) else f" {one.pricing_currency}, rate {_rate(one)}"
        return f"Invoice {one.document}, {one.what}: {quantity} × {item}{price}{rate}{named}: {', '.join(money)}"
    if one.kind == "order line":
        return f"Order {one.order_id}{_on(one.at)} ({one.what}): {quantity} × {item}: {', '.join(money)}".rstrip(": ")
    if one.kind == "reduction":
        return f"Reduced to {quantity} on {one.at:%Y-%m-%d}"
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


def _evidence_cells(one: Evidence) -> tuple[str, ...]:
    return (
        *(one.kind, one.document or "", f"{one.at:%Y-%m-%d}" if one.at else "", one.what or "", one.order_id or ""),
        *(one.customer_id or "", one.product_id or "", one.sku_id or ""),
        *(_number_cell(number) for number in (one.quantity, one.unit_price)),
        *(one.pricing_currency or "", _number_cell(one.fx_rate)),
        *(_money_cell(amount, one.minor_digits) for amount in (one.subtotal, one.tax, one.total)),
        one.currency or "",
    )


def _index_cells(dispute: Dispute) -> tuple[str, ...]:
    found = dispute.found
    return (
        *(letter_name(dispute), evidence_name(dispute), found["break_id"], found["break_code"], found["severity"]),
        *(found["status"], "true" if found["is_primary"] else "false", found["owner"] or "", found["ticket"] or ""),
        *(f"{found['expected_at']:%Y-%m-%d}" if found["expected_at"] else "", dispute.names["invoice_id"] or ""),
        *(found[name] or "" for name in ("customer_id", "order_id", "product_id", "sku_id", "currency")),
        *(_amount_cell(dispute), wording_of(dispute).subject),
    )


def _amount_cell(dispute: Dispute) -> str:
    amount, digits = dispute.found["at_risk_amount"], dispute.story["digits"]
    return "" if amount is None else _money_cell(booked(amount, digits), digits)


def _number_cell(number: Decimal | None) -> str:
    return "" if number is None else money_text(number)


def _money_cell(amount: Decimal | None, minor_digits: int) -> str:
    return "" if amount is None else amount_text(amount, minor_digits).replace(",", "")


def _csv(columns: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    # A negative amount is a number for every program; text that looks like one is not.
    writer.writerows([cell if _is_number(cell) else safe_cell(cell) for cell in row] for row in rows)
    return out.getvalue()


def _is_number(cell: str) -> bool:
    return cell.removeprefix("-").replace(".", "", 1).isdecimal()
