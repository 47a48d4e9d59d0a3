"""Raw tables in memory, filled by hand, for tests of the ledger and of order states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa

from pipelines import ledger
from pipelines.landing import Failure, Manifest, Partition
from pipelines.partner_center.contract import raw_schema
from pipelines.partner_center.endpoints import ENDPOINTS, TABLES
from pipelines.partner_center.source import DATASET, LandedWalk


def raw_tables() -> duckdb.DuckDBPyConnection:
    """Empty raw tables and ledger."""
    connection = duckdb.connect()
    ledger.make_tables(connection)
    for name, table in TABLES.items():
        connection.register("nothing", raw_schema(table).empty_table())
        connection.execute(f"create table {DATASET}.{name} as from nothing")
        connection.unregister("nothing")
    return connection


def add_rows(
    connection: duckdb.DuckDBPyConnection, table: str, walk: LandedWalk, rows: Sequence[dict[str, Any]]
) -> None:
    """Rows of a walk, as loading leaves them."""
    origin = {"_partition": walk.raw_partition, "_walk_id": walk.manifest.walk_id, "_page": 1}
    whole = [{**row, **origin, "_position": number} for number, row in enumerate(rows, start=1)]
    connection.register("handed", pa.Table.from_pylist(whole, schema=raw_schema(TABLES[table])))
    connection.execute(f"insert into {DATASET}.{table} select * from handed")
    connection.unregister("handed")


def walk_of(
    endpoint: str,
    values: Mapping[str, str],
    sequence: int = 1,
    totals: dict[str, dict[str, dict[str, str]]] | None = None,
    read_at: str = "2026-10-14T09:00:00+00:00",
) -> LandedWalk:
    """A complete walk that was never on a disk."""
    declared = ENDPOINTS[endpoint]
    name = declared.partition_id(values)
    manifest = Manifest(
        endpoint,
        dict(values),
        name,
        f"{sequence:06d}-x",
        sequence,
        read_at,
        "v1",
        f"hash {sequence}",
        0,
        totals or {},
        [],
        "",
    )
    return LandedWalk(manifest, f"{name}/{manifest.walk_id}" if declared.is_reading else name)


def partition_of(*walks: LandedWalk, failure: Failure | None = None) -> Partition:
    """The partition that these walks, oldest first, belong to."""
    first = walks[0].manifest
    manifests = tuple(walk.manifest for walk in walks)
    return Partition(first.endpoint, first.partition, first.partition_id, manifests, failure=failure)
