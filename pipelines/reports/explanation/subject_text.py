"""An entitlement, or the balance of an account, as text."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.reports.explanation.item_text import minute
from pipelines.reports.rows import Row
from pipelines.reports.statement import amount_text


def entitlement_text(row: Row) -> Iterator[str]:
    """What the customer received, and where that is written."""
    until = f", until {minute(row['expires_at'])}" if row["expires_at"] else ""
    yield (
        f"entitlement to {amount_text(row['quantity'], 0)} × {row['product_id']} {row['sku_id']} "
        f"({row['entitlement_type']}){until}"
    )
    line = "" if row["order_line_number"] is None else f", line {row['order_line_number']}"
    yield f"  names order {row['order_id']}{line}"
    yield from origin_text(row["origin"])


def balance_text(balance: Row) -> Iterator[str]:
    """Each part of the balance beside what documents left open, then these documents."""
    for one in balance["readings"]:
        as_of = f", as of {minute(one['accounting_at'])}" if one["accounting_at"] else ""
        yield (
            f"balance ({one['invoice_type'].replace('_', ' ')}), read {minute(one['read_at'])}{as_of}: "
            f"{amount_text(one['balance_amount'], one['digits'])} {one['currency']}; "
            f"open documents {amount_text(one['open_invoices_amount'], one['digits'])}, "
            f"difference {amount_text(one['difference_amount'], one['digits'])}"
        )
    yield from origin_text(balance["origin"])
    if balance["documents"]:
        yield "documents, as they stood then"
    for one in balance["documents"]:
        kind = (one["document_type"] or "document").replace("_", " ")
        yield f"  {one['invoice_id']} {kind} of {minute(one['invoice_at'])}: {_part(one)}"
    if balance["documents_left_out"]:
        yield f"  … {balance['documents_left_out']:,} more documents"


def origin_text(origin: Row | None) -> Iterator[str]:
    """Where the bytes lie."""
    if origin:
        yield f"  bytes: {origin['file']}, item {origin['item']} ({origin['api']}, read {minute(origin['read_at'])})"


def _part(one: Row) -> str:
    digits = one["digits"]
    if one["is_in"]:
        left = one["total_amount"] - one["paid_amount"]
        paid = f"{amount_text(one['total_amount'], digits)}, paid {amount_text(one['paid_amount'], digits)}"
        return f"{paid}, open {amount_text(left, digits)}"
    why = "void" if one["is_void"] else "later than the balance"
    return f"{amount_text(one['total_charges'], digits)}, not counted: {why}"
