"""The whole job: load, build, check, publish, remember. One generation, or nothing at all."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from pipelines import history, ledger
from pipelines.annotations import annotations_digest
from pipelines.closed_months import closings_digest
from pipelines.errors import UsageError
from pipelines.landing import Landing
from pipelines.load import LoadResult, apply_landing
from pipelines.parsed_project import project_hash
from pipelines.transform import TransformResult, transform
from pipelines.warehouse import (
    Folders,
    open_build,
    open_published,
    publish,
    publish_parquet_again,
    published_info,
)

_VERSIONS = ("partner-center-reconciliation", "dlt", "dbt-core", "dbt-duckdb", "duckdb", "pyarrow", "httpx")


@dataclass(frozen=True)
class RunResult:
    """What a run published.

    Shape:   `is_new` false: nothing had changed and the former generation stays published.
    """

    generation: int
    is_new: bool
    load: LoadResult | None
    transform: TransformResult | None


def catch_up(folders: Folders) -> None:
    """What a killed run may have left undone: events not yet in the log, Parquet files of the former generation."""
    history.keep_published_events(folders)
    publish_parquet_again(folders)


def build_and_publish(
    folders: Folders,
    *,
    as_of: datetime,
    not_compared_share: str,
    loaded: LoadResult | None,
    on_node: Callable[[int, int], None] | None = None,
) -> RunResult:
    """Builds and publishes a generation, unless the published one already says the same.

    Errors:  TransformFailed and ControlTotalsDiffer: nothing is published, the former result stays.
    """
    before = published_info(folders)
    refuse_earlier_moment(before, as_of)
    apply_landing(folders, Landing(folders.landing))
    with open_build(folders) as connection:
        digest = (
            f"{ledger.ledger_digest(connection)}-{project_hash()}-{not_compared_share}"
            f"-{annotations_digest(folders)}-{closings_digest(folders)}"
        )
    if before is not None and before["input_digest"] == digest and not _time_matters(folders, before["as_of"], as_of):
        return RunResult(before["generation"], False, loaded, None)
    generation = next_generation(folders)
    done = build(folders, as_of=as_of, generation=generation, not_compared_share=not_compared_share, on_node=on_node)
    with open_build(folders) as connection:
        write_build_info(connection, generation, as_of, digest)
        connection.execute("checkpoint")
    publish(folders, generation)
    history.keep_published_events(folders)
    return RunResult(generation, True, loaded, done)


def build(
    folders: Folders,
    *,
    as_of: datetime,
    generation: int,
    not_compared_share: str,
    on_node: Callable[[int, int], None] | None = None,
) -> TransformResult:
    """Builds and checks the working database; publishes nothing."""
    with open_build(folders) as connection:
        history.offer_memory(connection, folders)
    before = published_info(folders)
    return transform(
        folders,
        as_of=as_of,
        previous_as_of=before["as_of"] if before else None,
        generation=generation,
        not_compared_share=not_compared_share,
        on_node=on_node,
    )


def next_generation(folders: Folders) -> int:
    """The number that the next published build will have: above every published and every remembered one."""
    before = published_info(folders)
    return max(before["generation"] if before else 0, history.last_generation(folders)) + 1


def refuse_earlier_moment(before: dict[str, Any] | None, as_of: datetime) -> None:
    """A published result is never replaced by one for an earlier moment.

    Errors:  UsageError names both moments.
    """
    if is_earlier(before, as_of):
        assert before is not None
        raise UsageError(
            f"RECON_AS_OF is {as_of.isoformat()}, the published result is as of {before['as_of'].isoformat()}Z. "
            "Set a later moment, or another RECON_DATA_DIR to look at an earlier one"
        )


def is_earlier(before: dict[str, Any] | None, as_of: datetime) -> bool:
    """Whether the moment lies before the published one: the question is then what was known at that moment."""
    return before is not None and as_of.replace(tzinfo=None) < before["as_of"]


def _time_matters(folders: Folders, former: datetime, as_of: datetime) -> bool:
    """Whether the same data means something else by now: a new UTC day, or an item that came due in between."""
    moment = as_of.replace(tzinfo=None)
    if former.date() != moment.date():
        return True
    with open_published(folders) as connection:
        row = connection.execute(
            "select count(*) from marts.fct_order_items where timing_due_at > ? and timing_due_at <= ?",
            [former, moment],
        ).fetchone()
    return bool(row and row[0])


def write_build_info(connection: duckdb.DuckDBPyConnection, generation: int, as_of: datetime, digest: str) -> None:
    """What a finished database says about its own build."""
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in _VERSIONS)
    connection.execute("create schema if not exists recon_meta")
    connection.execute(
        "create or replace table recon_meta.build_info "
        "(generation bigint, as_of timestamp, input_digest varchar, versions varchar)"
    )
    connection.execute(
        "insert into recon_meta.build_info values (?, ?, ?, ?)",
        [generation, as_of.replace(tzinfo=None), digest, versions],
    )
