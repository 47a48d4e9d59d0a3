"""The break log: which break was first seen, measured anew, resolved or reopened in which generation.

A build writes its events into its own database. After publishing they are copied to `history/`, one file a
generation; a run that was killed in between is caught up by the next one, from the published database.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import duckdb
import yaml

from pipelines.closed_months import closed_readings
from pipelines.files import put_in_place
from pipelines.parsed_project import PROJECT
from pipelines.warehouse import Folders, published_info

EVENTS = "intermediate.int_break_events"
AWAITED_EVENTS = "intermediate.int_awaited_events"
_AS_OF = "as_of"
_DECLARATION = PROJECT / "models" / "memory" / "_sources.yml"


def keep_published_events(folders: Folders) -> None:
    """Copies the events of the published generation to the logs, if they lack them."""
    info = published_info(folders)
    if info is None:
        return
    kept_in = [(folders.break_log, EVENTS), (folders.awaited_log, AWAITED_EVENTS)]
    name = f"generation-{info['generation']:06d}.parquet"
    if all((folder / name).exists() for folder, _ in kept_in):
        return
    with duckdb.connect() as connection:
        connection.execute(f"attach '{_quoted(os.fspath(folders.published.resolve()))}' as published (read_only)")
        there = {f"{schema}.{table}" for _, schema, table, *_ in connection.execute("show all tables").fetchall()}
        for folder, events in kept_in:
            # A file that was published before there was a second log has nothing for it.
            if events in there and not (folder / name).exists():
                _keep_events(connection, folder / name, events, info["as_of"])


def _keep_events(connection: duckdb.DuckDBPyConnection, target: Path, events: str, as_of: datetime) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}")
    # The moment is kept with the events: a generation may have none of its own.
    connection.execute(
        f"copy (from published.{events}) to '{_quoted(os.fspath(aside))}' "
        f"(format parquet, kv_metadata {{{_AS_OF}: '{_quoted(as_of.isoformat())}'}})"
    )
    put_in_place(aside, target)


def last_generation(folders: Folders) -> int:
    """The newest generation in the log; 0 when the log is empty."""
    numbers = [int(file.stem.removeprefix("generation-")) for file in folders.break_log.glob("generation-*.parquet")]
    return max(numbers, default=0)


def generation_moments(folders: Folders) -> dict[int, datetime]:
    """When each generation of the log was published for; one without its moment and without events is left out."""
    found = {}
    with duckdb.connect() as connection:
        for file in sorted(folders.break_log.glob("generation-*.parquet")):
            name = _quoted(os.fspath(file))
            kept = connection.execute(
                f"select decode(value) from parquet_kv_metadata('{name}') where decode(key) = '{_AS_OF}'"
            ).fetchone()
            moment = datetime.fromisoformat(kept[0]) if kept else None
            if moment is None:
                # Written before moments were kept: all events of a generation carry the same.
                row = connection.execute(f"select max(event_at) from read_parquet('{name}')").fetchone()
                moment = row[0] if row else None
            if moment is not None:
                found[int(file.stem.removeprefix("generation-"))] = moment
    return found


def offer_memory(connection: duckdb.DuckDBPyConnection, folders: Folders) -> None:
    """Puts the whole log and all annotations into the working database, where the models read them."""
    connection.execute("create schema if not exists recon_memory")
    offer_table(connection, "break_log", sorted(folders.break_log.glob("generation-*.parquet")))
    offer_table(connection, "awaited_log", sorted(folders.awaited_log.glob("generation-*.parquet")))
    offer_table(connection, "annotations", sorted(folders.annotations.glob("annotations-*.parquet")))
    offer_table(connection, "closed_readings", closed_readings(folders))


def offer_table(connection: duckdb.DuckDBPyConnection, table: str, files: Sequence[Path]) -> None:
    """One table of the memory, made anew from its files."""
    columns = declared_columns(table)
    ddl = ", ".join(f"{name} {kind}" for name, kind in columns)
    connection.execute(f"create or replace table recon_memory.{table} ({ddl})")
    if files:
        names = ", ".join(name for name, _ in columns)
        listed = ", ".join(f"'{_quoted(os.fspath(file))}'" for file in files)
        connection.execute(
            f"insert into recon_memory.{table} ({names}) "
            f"select {names} from read_parquet([{listed}], union_by_name = true)"
        )


def declared_columns(table: str) -> list[tuple[str, str]]:
    """The columns of a table of the memory as the models declare their source: one home for the list."""
    declared = yaml.safe_load(_DECLARATION.read_text())
    found = next(one for source in declared["sources"] for one in source["tables"] if one["name"] == table)
    return [(column["name"], column["data_type"]) for column in found["columns"]]


def _quoted(text: str) -> str:
    return text.replace("'", "''")
