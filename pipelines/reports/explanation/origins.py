"""Where the bytes of a row lie: the page in the landing and the item in it, and the row as it was sent.

Source:   the place that each row keeps from its page, and the load ledger; pages of exports stand the same way.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb

from pipelines.landing import Landing
from pipelines.reports.rows import Row, first_row, rows

_READING = """
select endpoint, walk_id, read_at, source_api from partner_center_raw.load_ledger where partition_id = ?
"""
_LINE = "select _partition, _page, _position from intermediate.int_line_identities where invoice_line_id = ?"
_ORDER = """
select _partition, _page, _position from staging.stg_partner_center__orders where order_id = ?
order by checked_at desc, _partition limit 1
"""
# The list is what counts; a document that is only nested, or only known by its id, lies there.
_DOCUMENT = """
select _partition, _page, _position from staging.stg_partner_center__invoices where invoice_id = ?
order by is_nested, case endpoint when 'invoices' then 0 else 1 end, checked_at desc, _partition, _page, _position
limit 1
"""
_ENTITLEMENT = """
select s._partition, s._page, s._position
from intermediate.int_entitlements e
inner join staging.stg_partner_center__entitlements s on s._partition = e._partition and s.path = e.path
where e.entitlement_id = ? and s.endpoint = 'entitlements'
"""
_BALANCE = """
select distinct s._partition, s._page, s._position
from partner_center_raw.invoice_summaries s
inner join partner_center_raw.load_ledger l on l.partition_id = s._partition and l.walk_id = s._walk_id
where upper(s.currency_code) = ? and l.read_at = ? order by 1, 2, 3
"""
# A day has no id of its own before all days are numbered, which is dear; what it says finds it, save its equals.
_DAY = """
select _partition, _page, _position from staging.{table}
where invoice_id = $invoice_id and usage_date = $usage_at
    and customer_id is not distinct from $customer_id and {quantity} is not distinct from $quantity
    and {product} is not distinct from $product_id and {subscription} is not distinct from $subscription_id
    and charge_start_at is not distinct from $charge_start_at
order by _partition, _page, _position
"""
_DAYS = {
    "onetime": ("stg_partner_center__daily_rated_usage", "quantity", "product_id", "subscription_id"),
    "azure": (
        "stg_partner_center__azure_daily_usage",
        "consumed_quantity",
        "resource_guid",
        "legacy_subscription_id",
    ),
}


def line_origin(connection: duckdb.DuckDBPyConnection, line: Row) -> Row | None:
    """Where a billed line came from; of a day of usage the place of the first row that says the same.

    Shape:   `file` (under the data directory), `page`, `item` (from 1), `api`, `read_at`, `equal_rows`.
    """
    if line["line_class"] != "daily_usage":
        return _origin(connection, rows(connection, _LINE, [line["invoice_line_id"]]))
    if line["billing_provider"] not in _DAYS or line["usage_at"] is None:
        return None
    table, quantity, product, subscription = _DAYS[line["billing_provider"]]
    query = _DAY.format(table=table, quantity=quantity, product=product, subscription=subscription)
    named = ("invoice_id", "usage_at", "customer_id", "quantity", "product_id", "subscription_id", "charge_start_at")
    cursor = connection.execute(query, {name: line[name] for name in named})
    return _origin(
        connection,
        [dict(zip(("_partition", "_page", "_position"), row, strict=True)) for row in cursor.fetchall()],
    )


def order_origin(connection: duckdb.DuckDBPyConnection, order_id: str) -> Row | None:
    """Where the newest reading of an order lies; None when it was not read."""
    return _origin(connection, rows(connection, _ORDER, [order_id]))


def document_origin(connection: duckdb.DuckDBPyConnection, invoice_id: str) -> Row | None:
    """Where the document, its total and what is paid of it, lies."""
    return _origin(connection, rows(connection, _DOCUMENT, [invoice_id]))


def entitlement_origin(connection: duckdb.DuckDBPyConnection, entitlement_id: str) -> Row | None:
    """Where the newest reading of an entitlement lies."""
    return _origin(connection, rows(connection, _ENTITLEMENT, [entitlement_id]))


def balance_origin(connection: duckdb.DuckDBPyConnection, currency: str, read_at: datetime) -> Row | None:
    """Where the reading of a balance lies; None of one that only the call for a single currency gave."""
    return _origin(connection, rows(connection, _BALANCE, [currency, read_at]))


def landed_page(partition: str, walk_id: str, page: int) -> str:
    """The file of a page in the landing, under the data directory."""
    return (_folder(partition, walk_id) / f"page-{page:05d}.json.zst").as_posix()


def as_sent(connection: duckdb.DuckDBPyConnection, origin: Row) -> Row:
    """What the API sent there, as far as it is declared; blank members are left out."""
    found = first_row(
        connection,
        f'select * from partner_center_raw."{origin["endpoint"]}" '
        "where _partition = ? and _page = ? and _position = ?",
        [origin["partition"], origin["page"], origin["item"]],
    )
    return {name: value for name, value in (found or {}).items() if not name.startswith("_") and value is not None}


def _origin(connection: duckdb.DuckDBPyConnection, places: list[Row]) -> Row | None:
    if not places:
        return None
    place = places[0]
    reading = first_row(connection, _READING, [place["_partition"]])
    if reading is None or reading["walk_id"] is None:
        return None
    return {
        "file": landed_page(place["_partition"], reading["walk_id"], place["_page"]),
        "page": place["_page"],
        "item": place["_position"],
        "api": reading["source_api"],
        "read_at": reading["read_at"],
        "endpoint": reading["endpoint"],
        "partition": place["_partition"],
        "equal_rows": len(places),
    }


def _folder(partition: str, walk_id: str) -> Path:
    # A partition of which every reading is kept is named with its reading.
    endpoint, *values = partition.removesuffix(f"/{walk_id}").split("/")
    sent = {str(number): one.replace("%2F", "/").replace("%25", "%") for number, one in enumerate(values)}
    return Landing(Path("landing")).partition_folder(endpoint, sent) / walk_id
