"""Landed walks -> one dlt resource that fills all raw tables.

dlt loads only what the landing holds complete. `merge` with `delete-insert` on the partition is the one
disposition that survives a kill at any point without doubling or losing rows.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipelines.errors import ReconError
from pipelines.landing import Landing, Manifest
from pipelines.partner_center.contract import Endpoint, Table, raw_schema
from pipelines.partner_center.endpoints import ENDPOINTS, TABLES
from pipelines.partner_center.pages import PageRows, read_page

DATASET = "partner_center_raw"
# About 40 MB of line items.
ROWS_PER_CHUNK = 20_000


@dataclass(frozen=True)
class LandedWalk:
    """A complete walk to load, and the partition that its rows carry in the raw tables."""

    manifest: Manifest
    raw_partition: str

    @property
    def endpoint(self) -> Endpoint:
        """The declaration of the walk's endpoint."""
        return ENDPOINTS[self.manifest.endpoint]


def landed_rows(landing: Landing, walks: Sequence[LandedWalk]) -> Iterator[tuple[str, pa.Table]]:
    """All rows of the walks as (raw table, rows), in chunks.

    Shape:   columns as in `raw_schema`; a page is read once for all the tables that it fills.
    Errors:  LandingDamaged; PageContractBroken when a landed page does not fit today's declaration.
    """
    gathered: dict[str, list[pa.Table]] = {name: [] for name in TABLES}
    for walk in walks:
        for number, page in enumerate(walk.manifest.pages, start=1):
            if page.repeats_page is not None:
                continue
            rows = read_page(landing.page_bytes(walk.manifest, page), walk.endpoint, walk.manifest.body)
            for table in walk.endpoint.tables:
                chunk = gathered[table.name]
                chunk.append(_with_origin(rows, table, walk, number).cast(raw_schema(table)))
                # Many small pages make few large chunks: what is paid per chunk is paid seldom.
                if sum(part.num_rows for part in chunk) >= ROWS_PER_CHUNK:
                    yield table.name, pa.concat_tables(chunk)
                    chunk.clear()
    for name, chunk in gathered.items():
        if chunk:
            yield name, pa.concat_tables(chunk)


def load_with_dlt(landing: Landing, walks: Sequence[LandedWalk], database: Path, folder: Path) -> None:
    """Loads the walks into the raw schema of the working database.

    dlt's folder is emptied before and after: a package that a killed run left behind would otherwise be
    loaded alone and reported as success, and finished ones hold customer names.
    """
    # Before dlt is imported: it reads these once.
    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
    os.environ.setdefault("RUNTIME__LOG_LEVEL", "ERROR")
    import dlt
    import duckdb
    from dlt.pipeline.exceptions import PipelineStepFailed

    shutil.rmtree(folder, ignore_errors=True)
    # dlt hands over files, so the database needs little memory; the rest spills to disk.
    connection = duckdb.connect(os.fspath(database), config={"memory_limit": "400MB"})
    try:
        # A schema that a killed run left half filled is of no use to the next one.
        connection.execute(f"drop schema if exists {DATASET}_staging cascade")
        make_raw_tables(connection)
        pipeline = dlt.pipeline(
            "partner_center",
            pipelines_dir=os.fspath(folder),
            destination=dlt.destinations.duckdb(connection),
            dataset_name=DATASET,
        )
        pipeline.config.restore_from_destination = False
        try:
            pipeline.run(_resource(landing, walks), loader_file_format="parquet")
        except PipelineStepFailed as error:
            raise _own_error(error) from None
        connection.execute(f"drop schema if exists {DATASET}_staging cascade")
    finally:
        connection.close()
        shutil.rmtree(folder, ignore_errors=True)


def make_raw_tables(connection: Any) -> None:
    """Every declared table with its declared columns, whether it gets rows or not.

    Made here and not by dlt, which would carry each empty table through all its steps in every load.
    """
    connection.execute(f"create schema if not exists {DATASET}")
    found = connection.execute(
        "select table_name, column_name from information_schema.columns where table_schema = ?", [DATASET]
    ).fetchall()
    for table in TABLES.values():
        schema = raw_schema(table)
        present = {column for name, column in found if name == table.name}
        if present >= set(schema.names):
            continue
        connection.register("declared", schema.empty_table())
        if not present:
            connection.execute(f"create table {DATASET}.{table.name} as from declared")
        else:
            # A version that reads more of an answer: what was loaded before has nothing there.
            types = connection.execute("describe from declared").fetchall()
            for column, kind in ((row[0], row[1]) for row in types if row[0] not in present):
                connection.execute(f"alter table {DATASET}.{table.name} add column {column} {kind}")
        connection.unregister("declared")


def _own_error(error: BaseException) -> ReconError | KeyboardInterrupt:
    """Our own exception, or that of somebody who stops us, inside what dlt wraps around it; else the innermost."""
    around: BaseException | None = error
    while around is not None:
        if isinstance(around, ReconError | KeyboardInterrupt):
            return around
        around = around.__cause__ or around.__context__
    inner = error
    while inner.__cause__ is not None:
        inner = inner.__cause__
    return ReconError(
        f"the raw tables could not be loaded: {type(inner).__name__}: {' '.join(str(inner).split())[:500]}"
    )


def _resource(landing: Landing, walks: Sequence[LandedWalk]) -> Any:
    import dlt

    def tables() -> Iterator[Any]:
        for name, rows in landed_rows(landing, walks):
            yield dlt.mark.with_table_name(rows, name)

    return dlt.resource(
        tables,
        name="landed_walks",
        write_disposition={"disposition": "merge", "strategy": "delete-insert"},
        merge_key="_partition",
    )


def _with_origin(rows: PageRows, table: Table, walk: LandedWalk, page_number: int) -> pa.Table:
    found = rows.tables[table.name]
    count = found.num_rows
    positions = found.column("_position")
    found = found.drop_columns(["_position"])
    for name, value, kind in (
        ("_partition", walk.raw_partition, pa.string()),
        ("_walk_id", walk.manifest.walk_id, pa.string()),
        ("_page", page_number, pa.int32()),
    ):
        found = found.append_column(name, pa.repeat(pa.scalar(value, kind), count))
    return found.append_column("_position", positions)
