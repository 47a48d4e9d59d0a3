"""Billing documents as the list shows them, and what has changed since their lines were read."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass

import pyarrow as pa

from pipelines.landing import Landing
from pipelines.partner_center.contract import raw_schema
from pipelines.partner_center.endpoints import INVOICES
from pipelines.partner_center.source import LandedWalk, landed_rows

# What a change of can change lines or period; payments and download links cannot.
_HEADER_FIELDS = (
    *("id", "invoice_date", "total_charges", "currency_code"),
    *("document_type", "amends_of", "invoice_type", "state", "amendments_count"),
)


@dataclass(frozen=True)
class Document:
    """What the list says of one billing document, and the line items it offers.

    Shape:   `period` begins with the billing month as YYYY-MM: when the period ends, or the document's own date.
    """

    invoice_id: str
    invoice_date: str
    period: str
    currency: str
    header_hash: str
    line_kinds: tuple[tuple[str, str], ...]


def documents_of(landing: Landing) -> list[Document]:
    """All documents of the last complete list, nested and listed ones once."""
    found_rows = _newest_list(landing)
    details: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for detail in found_rows["invoice_details"].to_pylist():
        details[detail["invoice_id"]].add((fold(detail["billing_provider"]), fold(detail["invoice_line_item_type"])))
    found: dict[str, Document] = {}
    # A document that is listed itself says more than its copy inside another one.
    for row in sorted(found_rows["invoices"].to_pylist(), key=lambda row: row["nested_in"] is not None):
        kinds = tuple(sorted(details[row["id"]]))
        facts = [str(row[name]) for name in _HEADER_FIELDS] + [str(kinds)]
        header_hash = hashlib.sha256("|".join(facts).encode()).hexdigest()[:16]
        document = Document(
            row["id"],
            row["invoice_date"] or "",
            _period(row["billing_period_end_date"] or "", row["invoice_date"] or ""),
            (row["currency_code"] or "").strip().upper(),
            header_hash,
            kinds,
        )
        found.setdefault(row["id"], document)
    return [found[invoice_id] for invoice_id in sorted(found)]


def _period(end: str, invoice_date: str) -> str:
    # Year 1 is how the API says that there is no date.
    return invoice_date if end[:4] <= "0001" else end


def fold(name: str | None) -> str:
    """One spelling for the many of the wire: `one_time` and `OneTime` are `onetime`."""
    return (name or "").lower().replace("_", "").replace("-", "").replace(" ", "").removesuffix("lineitems")


def _newest_list(landing: Landing) -> dict[str, pa.Table]:
    current = landing.partition(INVOICES.name, {}, INVOICES.name).current
    tables = {table.name: [raw_schema(table).empty_table()] for table in INVOICES.tables}
    if current is not None:
        for name, rows in landed_rows(landing, [LandedWalk(current, INVOICES.name)]):
            if name in tables:
                tables[name].append(rows)
    return {name: pa.concat_tables(rows) for name, rows in tables.items()}
