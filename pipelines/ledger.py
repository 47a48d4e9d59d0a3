"""The ledger: which walk of each partition counts in the raw tables, and what the landing says it holds.

Rows of any other walk are invisible to every model, whatever a killed load left behind, and are deleted in
the transaction that writes the ledger, after rows and money were compared with the landing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal

import duckdb
import pyarrow as pa

from pipelines.document_states import DOCUMENT_STATES, DOCUMENT_STATES_DDL, note_document_states
from pipelines.errors import ControlTotalsDiffer
from pipelines.landing import Partition
from pipelines.order_states import ORDER_STATES_DDL, note_order_states
from pipelines.partner_center.contract import RATE_TYPE
from pipelines.partner_center.endpoints import ENDPOINTS, TABLES
from pipelines.partner_center.source import DATASET, LandedWalk

LEDGER = pa.schema(
    [
        *((name, pa.string()) for name in ("endpoint", "partition_id", "customer_id", "order_id", "invoice_id")),
        *((name, pa.string()) for name in ("provider", "line_item_type", "currency", "month", "period")),
        *((name, pa.string()) for name in ("reading", "walk_id")),
        ("walk_sequence", pa.int64()),
        ("read_at", pa.timestamp("us")),
        ("checked_at", pa.timestamp("us")),
        ("row_count", pa.int64()),
        *((name, pa.string()) for name in ("source_api", "status", "failure_reason", "content_hash")),
    ]
)
TOTALS = pa.schema(
    [
        *((name, pa.string()) for name in ("partition_id", "walk_id", "table_name", "currency", "measure")),
        # Wide enough for the sums of daily usage, which is rated at full precision.
        ("amount", RATE_TYPE),
    ]
)
_FIELDS = ("customer_id", "order_id", "invoice_id", "provider", "line_item_type", "currency", "month", "period")


def make_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Creates the ledger tables where they are missing."""
    connection.execute(f"create schema if not exists {DATASET}")
    if _is_of_another_version(connection):
        # Without a ledger nothing counts as loaded: the next load brings everything from the landing again.
        for name in ("load_ledger", "load_control_totals", "order_line_states", DOCUMENT_STATES):
            connection.execute(f"drop table if exists {DATASET}.{name}")
    for name, schema in (("load_ledger", LEDGER), ("load_control_totals", TOTALS)):
        connection.register("empty_table", schema.empty_table())
        connection.execute(f"create table if not exists {DATASET}.{name} as from empty_table")
        connection.unregister("empty_table")
    connection.execute(ORDER_STATES_DDL)
    connection.execute(DOCUMENT_STATES_DDL)


def _is_of_another_version(connection: duckdb.DuckDBPyConnection) -> bool:
    rows = connection.execute(
        "select table_name, column_name from information_schema.columns where table_schema = ?", [DATASET]
    ).fetchall()
    columns = {column for table, column in rows if table == "load_ledger"}
    has_states = any(table == DOCUMENT_STATES for table, _ in rows)
    return bool(columns) and (columns != set(LEDGER.names) or not has_states)


def has_raw_tables(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether every declared raw table exists."""
    rows = connection.execute(
        "select table_name from information_schema.tables where table_schema = ?", [DATASET]
    ).fetchall()
    return set(TABLES) <= {row[0] for row in rows}


def pending_walks(connection: duckdb.DuckDBPyConnection, partitions: Sequence[Partition]) -> list[LandedWalk]:
    """Complete walks that the raw tables do not hold yet, oldest first.

    Of a partition only the newest walk counts, but endpoints that keep states want every walk in turn, and
    of readings each walk is a partition of its own.
    """
    rows = connection.execute(f"select partition_id, walk_sequence, walk_id from {DATASET}.load_ledger").fetchall()
    loaded: dict[str, tuple[int, str]] = {row[0]: (row[1] or 0, row[2] or "") for row in rows}
    pending = []
    for partition in partitions:
        if partition.endpoint not in ENDPOINTS:
            continue
        endpoint = ENDPOINTS[partition.endpoint]
        for walk in partition.walks:
            landed = LandedWalk(walk, _raw_partition(partition, walk.walk_id))
            is_wanted = endpoint.is_reading or endpoint.keeps_states or walk is partition.current
            sequence, walk_id = loaded.get(landed.raw_partition, (0, ""))
            # A landing that was restored from an older copy counts again as it is.
            is_other = walk is partition.current and walk.walk_id != walk_id
            if is_wanted and (walk.sequence > sequence or (is_other and not endpoint.is_reading)):
                pending.append(landed)
    return sorted(pending, key=lambda walk: (walk.manifest.read_at, walk.manifest.sequence, walk.raw_partition))


def settle(
    connection: duckdb.DuckDBPyConnection, partitions: Sequence[Partition], loaded: Sequence[LandedWalk]
) -> None:
    """Compares what was loaded with the landing, then writes the ledger, all in one transaction.

    Errors:  ControlTotalsDiffer names partition, table, currency and both sides; nothing is changed then.
    """
    ledger = pa.Table.from_pylist(list(_ledger_rows(partitions)), schema=LEDGER)
    totals = pa.Table.from_pylist(list(_total_rows(partitions)), schema=TOTALS)
    connection.begin()
    try:
        check_control_totals(connection, loaded)
        note_order_states(connection, loaded)
        note_document_states(connection, loaded)
        for name, content in (("load_ledger", ledger), ("load_control_totals", totals)):
            connection.register("new_content", content)
            connection.execute(f"delete from {DATASET}.{name}")
            connection.execute(f"insert into {DATASET}.{name} select * from new_content")
            connection.unregister("new_content")
        for table in TABLES:
            connection.execute(
                f"delete from {DATASET}.{table} where not exists (select 1 from {DATASET}.load_ledger l "
                f"where l.partition_id = {table}._partition and l.walk_id = {table}._walk_id)"
            )
        # An order that its customer's list shows is read, whatever asking for it alone gave before.
        is_listed = (
            f"exists (select 1 from {DATASET}.orders o where o.id = order_id and o._partition like 'orders/%')"
        )
        alone = f"endpoint = 'orders_by_id' and {is_listed}"
        connection.execute(f"delete from {DATASET}.load_ledger where {alone} and status = 'missing'")
        connection.execute(
            f"update {DATASET}.load_ledger set status = 'complete', failure_reason = null "
            f"where {alone} and status = 'stale'"
        )
        connection.commit()
    except BaseException:
        connection.rollback()
        raise


def check_control_totals(connection: duckdb.DuckDBPyConnection, loaded: Sequence[LandedWalk]) -> None:
    """Rows and money per walk, table and currency: the raw tables against the landing's manifests.

    Errors:  ControlTotalsDiffer.
    """
    for table in TABLES.values():
        expected: dict[tuple[str, str, str], list[Decimal]] = {}
        for walk in loaded:
            for currency, measures in walk.manifest.totals.get(table.name, {}).items():
                numbers = [Decimal(measures["rows"]), *(Decimal(measures.get(name, "0")) for name in table.money)]
                if any(numbers):
                    expected[(walk.raw_partition, walk.manifest.walk_id, currency)] = numbers
        currency_column = f"coalesce({table.currency}, '')" if table.currency else "''"
        sums = "".join(f", coalesce(sum({name}), 0)" for name in table.money)
        found = {
            (row[0], row[1], row[2]): [Decimal(number) for number in row[3:]]
            for row in connection.execute(
                f"select _partition, _walk_id, {currency_column}, count(*){sums} "
                f"from {DATASET}.{table.name} group by 1, 2, 3"
            ).fetchall()
        }
        names = {(walk.raw_partition, walk.manifest.walk_id) for walk in loaded}
        for key in sorted({*expected, *(key for key in found if key[:2] in names)}):
            if found.get(key) != expected.get(key):
                raise ControlTotalsDiffer(
                    f"{table.name}, {key[0]}, {key[2] or 'no currency'}: the landing holds rows and sums "
                    f"{[str(number) for number in expected.get(key, [])]}, the raw table "
                    f"{[str(number) for number in found.get(key, [])]}. Nothing is published; "
                    "run `recon load --rebuild`"
                )


def ledger_digest(connection: duckdb.DuckDBPyConnection) -> str:
    """A hash of what counts: partitions, content and state of each; the same when nothing new came."""
    row = connection.execute(
        "select md5(string_agg(concat_ws('|', partition_id, coalesce(content_hash, ''), status), ',' "
        f"order by partition_id)) from {DATASET}.load_ledger"
    ).fetchone()
    return str(row[0]) if row else ""


def unread_partitions(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str]]:
    """Partitions that are stale or missing: name, status, reason."""
    return connection.execute(
        f"select partition_id, status, coalesce(failure_reason, '') from {DATASET}.load_ledger "
        "where status <> 'complete' order by partition_id"
    ).fetchall()


def unread_proofs(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str]]:
    """Those of them without which something is not proven: who may not see a price list has a complete result."""
    unread = unread_partitions(connection)
    return [one for one in unread if not ENDPOINTS[one[0].split("/")[0]].is_informational]


def _raw_partition(partition: Partition, walk_id: str) -> str:
    is_reading = ENDPOINTS[partition.endpoint].is_reading
    return f"{partition.partition_id}/{walk_id}" if is_reading else partition.partition_id


def _ledger_rows(partitions: Sequence[Partition]) -> Iterator[dict[str, object]]:
    def moment(text: str | None) -> datetime | None:
        return datetime.fromisoformat(text).replace(tzinfo=None) if text else None

    for partition in partitions:
        if partition.endpoint not in ENDPOINTS:
            continue
        is_reading = ENDPOINTS[partition.endpoint].is_reading
        counting = partition.walks if is_reading else partition.walks[-1:]
        for walk in counting:
            newest = walk is partition.current
            yield {
                "endpoint": partition.endpoint,
                "partition_id": _raw_partition(partition, walk.walk_id),
                **{name: partition.values.get(name) for name in _FIELDS},
                "reading": walk.read_at if is_reading else None,
                "walk_id": walk.walk_id,
                "walk_sequence": walk.sequence,
                "read_at": moment(walk.read_at),
                "checked_at": moment((partition.checked_at if newest else None) or walk.read_at),
                "row_count": walk.item_count,
                "source_api": walk.source_api,
                "status": partition.status if newest else "complete",
                "failure_reason": partition.failure.reason if partition.failure and newest else None,
                "content_hash": walk.content_hash,
            }
        if not counting:
            yield {
                "endpoint": partition.endpoint,
                "partition_id": partition.partition_id,
                **{name: partition.values.get(name) for name in _FIELDS},
                "status": "missing",
                "failure_reason": partition.failure.reason if partition.failure else None,
            }


def _total_rows(partitions: Sequence[Partition]) -> Iterator[dict[str, object]]:
    for partition in partitions:
        if partition.endpoint not in ENDPOINTS:
            continue
        counting = partition.walks if ENDPOINTS[partition.endpoint].is_reading else partition.walks[-1:]
        for walk in counting:
            for table, by_currency in walk.totals.items():
                rows = sum(int(measures["rows"]) for measures in by_currency.values())
                base = {
                    "partition_id": _raw_partition(partition, walk.walk_id),
                    "walk_id": walk.walk_id,
                    "table_name": table,
                }
                yield base | {"currency": "", "measure": "rows", "amount": Decimal(rows)}
                for currency, measures in by_currency.items():
                    for measure, amount in measures.items():
                        if measure != "rows":
                            yield base | {"currency": currency, "measure": measure, "amount": Decimal(amount)}
