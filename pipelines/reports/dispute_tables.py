"""Disputes as tables: the evidence of each as CSV, one index over all of them, and the sums per currency."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from decimal import Decimal

from pipelines.money import add_exactly, booked, money_text
from pipelines.reports.dispute_evidence import Evidence
from pipelines.reports.dispute_letter import evidence_name, letter_name, wording_of
from pipelines.reports.disputes import Dispute
from pipelines.reports.rows import safe_cell
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
        mine = booked(one.found["at_risk_amount"] or Decimal(0), digits) if one.is_counted else Decimal(0)
        sums[currency] = (count + 1, add_exactly(amount, mine), digits)
    return dict(sorted(sums.items()))


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
