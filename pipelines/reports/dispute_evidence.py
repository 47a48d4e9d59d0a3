"""The evidence of a dispute, row by row: what was charged, what was ordered, what was received, which document.

Units:    amounts in the row's own currency, exact.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import duckdb

from pipelines.reports.explanation.restatements import restated_lines
from pipelines.reports.rows import Row, rows

_ABOUT_EQUALS = ("duplicate_in_invoice", "duplicate_across_invoices")
# All lines of a document whose total is in question, and not only the first.
_DOCUMENT_LINES = """
select l.*, coalesce(c.minor_digits, 2) as digits
from marts.fct_invoice_lines l left join seeds.currencies c on c.currency = l.currency
where l.invoice_id = ? and l.line_class <> 'daily_usage' order by l.invoice_line_id
"""
_BALANCE = """
select b.*, coalesce(c.minor_digits, 2) as digits
from marts.fct_balances b left join seeds.currencies c on c.currency = b.currency
where b.currency = ? and (? is null or b.invoice_type = ?) order by b.read_at desc, b.invoice_type limit 1
"""
_OPEN_DOCUMENTS = """
select i.*, coalesce(c.minor_digits, 2) as digits
from marts.fct_invoices i left join seeds.currencies c on c.currency = i.currency
where i.currency = ? and i.is_counted and i.open_amount <> 0
    and (? is null or ? = 'total' or i.invoice_type = ?) order by i.invoice_at, i.invoice_id
"""


@dataclass(frozen=True)
class Evidence:
    """One row of evidence; what a kind does not have is None."""

    kind: str
    document: str | None = None
    at: datetime | None = None
    what: str | None = None
    order_id: str | None = None
    customer_id: str | None = None
    product_id: str | None = None
    sku_id: str | None = None
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    pricing_currency: str | None = None
    fx_rate: Decimal | None = None
    subtotal: Decimal | None = None
    tax: Decimal | None = None
    total: Decimal | None = None
    currency: str | None = None
    minor_digits: int = 2


def evidence_of(connection: duckdb.DuckDBPyConnection, story: Row) -> Iterator[Evidence]:
    """The rows that a vendor needs to follow a dispute: billed first, then ordered, then received."""
    found = story["break"]
    if story["document"]:
        yield _document(story["document"])
        if story["restatement"]:
            yield from map(_changed_line, restated_lines(connection, found["invoice_id"]))
        yield from map(_line, rows(connection, _DOCUMENT_LINES, [found["invoice_id"]]))
    elif found["grain"] in ("balance", "currency"):
        kind = found["invoice_type"]
        for row in rows(connection, _BALANCE, [found["currency"], kind, kind]):
            yield Evidence(
                "balance",
                at=row["read_at"],
                what=row["invoice_type"],
                total=row["balance_amount"],
                currency=row["currency"],
                minor_digits=row["digits"],
            )
        yield from map(_document, rows(connection, _OPEN_DOCUMENTS, [found["currency"], kind, kind, kind]))
    if found["grain"] == "line" and found["break_code"] not in _ABOUT_EQUALS:
        # What is wrong with one line needs no other, and no order.
        yield from (_line(line) for line in story["lines"] if line["invoice_line_id"] == found["invoice_line_id"])
        return
    yield from map(_line, story["lines"])
    for item in story["items"]:
        yield from _item(item)


def _document(row: Row) -> Evidence:
    return Evidence(
        "document",
        document=row["invoice_id"],
        at=row["invoice_at"],
        what=row["document_type"],
        total=row["total_charges"],
        currency=row["currency"],
        minor_digits=row["digits"],
    )


def _line(row: Row) -> Evidence:
    return Evidence(
        "invoice line",
        document=row["invoice_id"],
        at=row["order_at"],
        what=row["charge_type"],
        order_id=row["order_id"] or row["alternate_id"],
        customer_id=row["customer_id"],
        product_id=row["product_id"],
        sku_id=row["sku_id"],
        quantity=row["signed_quantity"],
        unit_price=row["effective_unit_price"] if row["effective_unit_price"] is not None else row["unit_price"],
        pricing_currency=row["pricing_currency"],
        fx_rate=row["fx_rate"],
        subtotal=row["subtotal"],
        tax=row["tax_total"],
        total=row["total"],
        currency=row["currency"],
        minor_digits=row["digits"],
    )


def _changed_line(row: Row) -> Evidence:
    named = ("order_id", "customer_id", "product_id", "sku_id", "quantity", "subtotal", "total", "currency")
    return Evidence(
        "line gone" if row["change"] == "removed" else "line new",
        document=row["invoice_id"],
        what=row["charge_type"],
        tax=row["tax_total"],
        minor_digits=row["digits"],
        **{name: row[name] for name in named},
    )


def _item(item: Row) -> Iterator[Evidence]:
    about = {name: item[name] for name in ("order_id", "customer_id", "product_id", "sku_id")}
    for line in item["order_lines"]:
        yield Evidence(
            "order line",
            at=item["created_at"],
            what=item["order_status"],
            **about,
            quantity=line["quantity"],
            unit_price=line["unit_price"],
            subtotal=line["extended_amount"],
            currency=line["currency"],
            minor_digits=line["digits"],
        )
    if item["reduced_at"]:
        # A day that is only assumed is no evidence.
        reduced_at = None if item["is_reduction_assumed"] else item["reduced_at"]
        yield Evidence("reduction", at=reduced_at, what="reduced", **about, quantity=item["expected_quantity"])
    yield Evidence("delivery", what="received", **about, quantity=item["entitled_quantity"])
