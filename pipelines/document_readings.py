"""What every complete reading of a document's billed lines held: rows, money, and a fingerprint of the content.

The raw tables hold the newest reading only. A document whose lines are other than they were when they were first
read (or when the month was closed) has been restated, and that is told from here. The fingerprint does not depend on
the order of lines, the cut of pages or the API they came from.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal

import duckdb
import pyarrow as pa

from pipelines.landing import Landing, Manifest, Partition
from pipelines.partner_center.contract import MONEY_TYPE, Table, raw_schema
from pipelines.partner_center.endpoints import ENDPOINTS
from pipelines.partner_center.pages import read_page
from pipelines.partner_center.source import DATASET

READINGS = "document_line_readings"
SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("endpoint", "partition_id", "invoice_id", "provider", "line_item_type")),
        ("walk_id", pa.string()),
        ("walk_sequence", pa.int64()),
        ("read_at", pa.timestamp("us")),
        ("source_api", pa.string()),
        ("currency", pa.string()),
        ("row_count", pa.int64()),
        ("total_amount", MONEY_TYPE),
        ("fingerprint", pa.string()),
    ]
)
# By raw table: the amount that adds up to the document.
TOTALS = {
    "invoice_line_items": "total_for_customer",
    "office_line_items": "total_for_customer",
    "azure_line_items": "post_tax_total",
}
# Of the list below and of how its values are written: fingerprints of another version are made again.
CONTENT_VERSION = "1"
# What a line says about business. Names and descriptions may be spelt anew without anything having changed.
_BUSINESS = (
    *("customer_id", "order_id", "alternate_id", "order_date", "product_id", "sku_id", "availability_id"),
    *("charge_type", "subscription_id", "charge_start_date", "charge_end_date", "meter_description"),
    *("credit_reason_code", "promotion_id", "reservation_order_id", "offer_id", "resource_guid", "region", "sku"),
    *("unit_price", "effective_unit_price", "quantity", "billable_quantity", "consumed_quantity"),
    *("subtotal", "tax_total", "total_for_customer", "amount", "tax", "pretax_charges", "tax_amount"),
    *("post_tax_total", "currency", "pricing_currency", "pc_to_bc_exchange_rate"),
)
# What names a line for a reader besides.
_NAMES = ("durable_offer_id",)


def note_readings(connection: duckdb.DuckDBPyConnection, landing: Landing, partitions: Sequence[Partition]) -> None:
    """Writes the table anew; pages are read only for documents that were read more than once, each walk once."""
    known: dict[tuple[str, str], str] = {}
    if _is_there(connection):
        rows = connection.execute(
            f"select distinct partition_id, walk_id, fingerprint from {DATASET}.{READINGS} "
            "where starts_with(fingerprint, ?)",
            [f"{CONTENT_VERSION}-"],
        ).fetchall()
        known = {(row[0], row[1]): row[2] for row in rows}
    content = pa.Table.from_pylist(list(_rows(connection, landing, partitions, known)), schema=SCHEMA)
    connection.register("new_readings", content)
    connection.execute(f"create or replace table {DATASET}.{READINGS} as from new_readings")
    connection.unregister("new_readings")


def fingerprint(connection: duckdb.DuckDBPyConnection, rows: pa.Table) -> str:
    """One text for the content of rows: equal for the same lines in any order, spelling or page."""
    connection.register("rows_to_hash", rows)
    try:
        found = connection.execute(
            "select md5(coalesce(string_agg(row_hash, '' order by row_hash), '')) "
            f"from (select {content_of(rows.schema)} as row_hash from rows_to_hash)"
        ).fetchall()
    finally:
        connection.unregister("rows_to_hash")
    return f"{CONTENT_VERSION}-{found[0][0]}"


def content_of(schema: pa.Schema) -> str:
    """The SQL expression for what one line says about business: equal for lines that say the same."""
    parts = ", ".join(_canonical(field) for field in schema if field.name in _BUSINESS)
    return f"md5(concat_ws('|', {parts}))"


def lines_of(landing: Landing, walk: Manifest, table: Table) -> pa.Table:
    """The lines of a complete walk, with the `page` and the `item` in it where each stands, both from 1."""
    endpoint = ENDPOINTS[walk.endpoint]
    names = [column.name for column in table.columns if column.name in {*_BUSINESS, *_NAMES}]
    places = pa.schema([("page", pa.int32()), ("item", pa.int32())])
    found = [pa.Table.from_batches([], pa.unify_schemas([places, pa.schema(map(raw_schema(table).field, names))]))]
    for number, page in enumerate(walk.pages, start=1):
        if page.repeats_page is None:
            rows = read_page(landing.page_bytes(walk, page), endpoint, walk.body).tables[table.name]
            here = [pa.repeat(pa.scalar(number, pa.int32()), rows.num_rows), rows["_position"].cast(pa.int32())]
            found.append(pa.table([*here, *(rows[name] for name in names)], schema=found[0].schema))
    return pa.concat_tables(found)


def _rows(
    connection: duckdb.DuckDBPyConnection,
    landing: Landing,
    partitions: Sequence[Partition],
    known: dict[tuple[str, str], str],
) -> Iterator[dict[str, object]]:
    for partition in partitions:
        endpoint = ENDPOINTS.get(partition.endpoint)
        if endpoint is None or endpoint.tables[0].name not in TOTALS:
            continue
        table = endpoint.tables[0]
        for walk in partition.walks:
            content = None
            if len(partition.walks) > 1:
                key = (partition.partition_id, walk.walk_id)
                content = known.get(key) or fingerprint(connection, lines_of(landing, walk, table))
            about = {
                "endpoint": partition.endpoint,
                "partition_id": partition.partition_id,
                **{name: partition.values.get(name) for name in ("invoice_id", "provider", "line_item_type")},
                "walk_id": walk.walk_id,
                "walk_sequence": walk.sequence,
                "read_at": datetime.fromisoformat(walk.read_at).replace(tzinfo=None),
                "source_api": walk.source_api,
                "fingerprint": content,
            }
            totals = walk.totals.get(table.name, {})
            # An empty reading is one as well.
            by_currency = {code: one for code, one in totals.items() if one["rows"] != "0"} or {"": {"rows": "0"}}
            for currency, measures in by_currency.items():
                yield about | {
                    "currency": currency,
                    "row_count": int(measures["rows"]),
                    "total_amount": Decimal(measures.get(TOTALS[table.name], "0")),
                }


def _canonical(field: pa.Field) -> str:
    """A value as both APIs would have it: case, dashes, zeros at the end and the spelling of a moment say nothing."""
    if pa.types.is_decimal(field.type):
        return f"coalesce(rtrim(rtrim(cast({field.name} as varchar), '0'), '.'), '0')"
    if field.name.endswith("_date"):
        # Seconds are enough, and either API may write more digits of them.
        moment = f"try_cast(regexp_replace({field.name}, '\\.[0-9]+', '') as timestamptz)"
        return f"coalesce(cast(epoch_us({moment}) as varchar), trim({field.name}), '')"
    plain = f"lower(trim(coalesce(cast({field.name} as varchar), '')))"
    return f"regexp_replace({plain}, '^org:|[-_ ]', '', 'g')"


def _is_there(connection: duckdb.DuckDBPyConnection) -> bool:
    found = connection.execute(
        "select count(*) from information_schema.tables where table_schema = ? and table_name = ?",
        [DATASET, READINGS],
    ).fetchall()
    return bool(found[0][0])
