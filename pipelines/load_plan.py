"""What one run asks the API for: only what is new, changed or due for another look.

Plans are made from the landing alone, so they can be made again from the same files.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import duckdb
import pyarrow as pa

from pipelines.landing import Failure, Landing, Partition
from pipelines.partner_center.contract import raw_schema
from pipelines.partner_center.endpoints import (
    CUSTOMERS,
    CUSTOMERS_BY_ID,
    ENTITLEMENTS,
    INVOICE_LINE_ITEMS,
    INVOICES,
    INVOICES_BY_ID,
    ORDERS,
    ORDERS_BY_ID,
)
from pipelines.partner_center.source import DATASET, LandedWalk, landed_rows
from pipelines.partner_center.walks import WalkRequest

# Lines of an issued invoice hardly ever change, and never by a payment: young ones are looked at again weekly.
RECHECK_INVOICES_YOUNGER_THAN = timedelta(days=45)
RECHECK_AFTER = timedelta(days=7)
# What a change of can change lines or period; payments and download links cannot.
_HEADER_FIELDS = (
    *("id", "invoice_date", "total_charges", "currency_code"),
    *("document_type", "amends_of", "invoice_type", "state", "amendments_count"),
)


@dataclass(frozen=True)
class Document:
    """What the list says of one billing document, and the line items it offers."""

    invoice_id: str
    invoice_date: str
    header_hash: str
    line_kinds: tuple[tuple[str, str], ...]


def customer_ids(landing: Landing) -> list[str]:
    """All customers of the last complete list, lower-case."""
    rows = _current_rows(landing, "customers")
    return sorted({value.lower() for value in rows.column("id").to_pylist()})


def documents(landing: Landing) -> list[Document]:
    """All documents of the last complete list, nested and listed ones once."""
    details: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for detail in _current_rows(landing, "invoice_details").to_pylist():
        details[detail["invoice_id"]].add((fold(detail["billing_provider"]), fold(detail["invoice_line_item_type"])))
    found: dict[str, Document] = {}
    # A document that is listed itself says more than its copy inside another one.
    for row in sorted(_current_rows(landing, "invoices").to_pylist(), key=lambda row: row["nested_in"] is not None):
        kinds = tuple(sorted(details[row["id"]]))
        facts = [str(row[name]) for name in _HEADER_FIELDS] + [str(kinds)]
        header_hash = hashlib.sha256("|".join(facts).encode()).hexdigest()[:16]
        found.setdefault(row["id"], Document(row["id"], row["invoice_date"] or "", header_hash, kinds))
    return [found[invoice_id] for invoice_id in sorted(found)]


def customer_requests(landing: Landing, customers: Sequence[str]) -> Iterator[WalkRequest]:
    """Orders and entitlements of every customer; the customer itself until it has once been read."""
    for customer_id in customers:
        partition = {"customer_id": customer_id}
        yield WalkRequest(ORDERS, partition)
        yield WalkRequest(ENTITLEMENTS, partition)
        if landing.partition("customers_by_id", partition, "").current is None:
            yield WalkRequest(CUSTOMERS_BY_ID, partition)


def invoice_requests(
    landing: Landing, found: Sequence[Document], now: datetime, *, with_user: bool
) -> list[WalkRequest]:
    """Documents and lines that are new, whose header changed, whose last reading failed, or that are due again."""
    requests = []
    for document in found:
        partition = {"invoice_id": document.invoice_id}
        if with_user and _is_due(landing.partition("invoices_by_id", partition, ""), document, now):
            requests.append(WalkRequest(INVOICES_BY_ID, partition, document.header_hash))
        for provider, kind in document.line_kinds:
            lines = partition | {"provider": provider, "line_item_type": kind}
            if kind == "usage" or not is_supported(provider, kind):
                continue
            if _is_due(landing.partition("invoice_line_items", lines, ""), document, now):
                requests.append(WalkRequest(INVOICE_LINE_ITEMS, lines, document.header_hash))
    return requests


def note_unsupported_lines(landing: Landing, found: Sequence[Document], read_at: str) -> None:
    """Line kinds that are part of an invoice's total and that this version cannot read: recorded as not read."""
    for document in found:
        for provider, kind in document.line_kinds:
            # Daily usage explains other lines and is no part of the total.
            if kind != "usage" and not is_supported(provider, kind):
                values = {"invoice_id": document.invoice_id, "provider": provider, "line_item_type": kind}
                reason = f"lines of provider {provider} ({kind}) are not read by this version"
                landing.mark_failed(
                    "invoice_line_items", values, INVOICE_LINE_ITEMS.partition_id(values), Failure(read_at, reason)
                )


def is_supported(provider: str, kind: str) -> bool:
    """Whether this version reads such lines."""
    return provider == "onetime" and kind == "billing"


def missing_order_requests(connection: duckdb.DuckDBPyConnection, customers: Sequence[str]) -> list[WalkRequest]:
    """Orders that a charge or an entitlement names and that no list shows; absent ones are asked for each time.

    Only ids in the form of an order id are asked for: the short alternate ids have no call. Nor are orders of
    a customer whose list was refused: it is not read already, and each of its orders would be refused as well.
    """
    connection.register("listed_customers", pa.table({"customer_id": list(customers)}, schema=_CUSTOMERS))
    rows = connection.execute(
        f"""
        with named as (
            select lower(replace(customer_id, 'org:', '')) as customer_id, order_id
            from {DATASET}.invoice_line_items
            union
            select l.customer_id, e.reference_order_id
            from {DATASET}.entitlements e join {DATASET}.load_ledger l on l.partition_id = e._partition
        )
        select distinct customer_id, order_id from named
        where length(order_id) >= 20
            and customer_id in (select customer_id from listed_customers)
            and customer_id not in (
                select customer_id from {DATASET}.load_ledger where endpoint = 'orders' and status <> 'complete'
            )
            and order_id not in (select id from {DATASET}.orders where _partition like 'orders/%')
        order by customer_id, order_id
        """
    ).fetchall()
    connection.unregister("listed_customers")
    return [
        WalkRequest(ORDERS_BY_ID, {"customer_id": customer_id, "order_id": order_id}, not_found_is_empty=True)
        for customer_id, order_id in rows
    ]


def fold(name: str | None) -> str:
    """One spelling for the many of the wire: `one_time` and `OneTime` are `onetime`."""
    return (name or "").lower().replace("_", "").replace("-", "").replace(" ", "").removesuffix("lineitems")


_CUSTOMERS = pa.schema([("customer_id", pa.string())])


def _current_rows(landing: Landing, table_name: str) -> pa.Table:
    endpoint = CUSTOMERS if table_name == "customers" else INVOICES
    current = landing.partition(endpoint.name, {}, endpoint.name).current
    table = endpoint.table(table_name)
    if current is None:
        return raw_schema(table).empty_table()
    landed = landed_rows(landing, [LandedWalk(current, endpoint.name)])
    return pa.concat_tables(rows for name, rows in landed if name == table_name)


def _is_due(partition: Partition, document: Document, now: datetime) -> bool:
    if partition.status != "complete" or partition.asked_for != document.header_hash or partition.current is None:
        return True
    checked_at = datetime.fromisoformat(partition.checked_at or partition.current.read_at)
    is_young = document.invoice_date[:10] > (now - RECHECK_INVOICES_YOUNGER_THAN).date().isoformat()
    return is_young and now - checked_at > RECHECK_AFTER
