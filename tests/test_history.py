"""What a published file says of breaks and of what is awaited is logged once, and offered to the next build."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from pipelines.history import AWAITED_EVENTS, EVENTS, keep_published_events, offer_memory
from pipelines.warehouse import Folders
from tests.sandboxed import folders_in

MOMENT = datetime(2026, 10, 14, 9, tzinfo=UTC).replace(tzinfo=None)


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return folders_in(tmp_path / "data")


def publish(folders: Folders, generation: int, *, with_awaited: bool = True) -> None:
    """A published file that says of a build only what the logs keep."""
    folders.published.unlink(missing_ok=True)
    with duckdb.connect(str(folders.published)) as connection:
        offer_memory(connection, folders)
        connection.execute("create schema recon_meta; create schema intermediate")
        connection.execute(f"create table {EVENTS} as from recon_memory.break_log where false")
        if with_awaited:
            connection.execute(
                f"create table {AWAITED_EVENTS} as select {generation}::bigint as generation, 'began' as event, "
                f"timestamp '{MOMENT}' as event_at, 'order_not_billed' as break_code, 'item' as grain_key, "
                f"timestamp '{MOMENT}' as first_seen_at"
            )
        connection.execute(
            f"create table recon_meta.build_info as select {generation} as generation, timestamp '{MOMENT}' as as_of"
        )


def awaited(folders: Folders) -> list[tuple[object, ...]]:
    with duckdb.connect() as connection:
        offer_memory(connection, folders)
        return connection.execute("select generation, event, grain_key from recon_memory.awaited_log").fetchall()


def test_what_is_awaited_is_offered_to_the_next_build(folders: Folders) -> None:
    publish(folders, 1)
    keep_published_events(folders)
    assert awaited(folders) == [(1, "began", "item")]


def test_events_are_kept_once_however_often_it_is_asked(folders: Folders) -> None:
    publish(folders, 1)
    for _ in range(2):
        keep_published_events(folders)
    assert len(awaited(folders)) == 1


def test_a_file_from_before_waiting_was_kept_still_gives_its_breaks(folders: Folders) -> None:
    publish(folders, 1, with_awaited=False)
    keep_published_events(folders)
    assert [file.name for file in folders.break_log.iterdir()] == ["generation-000001.parquet"]
    assert awaited(folders) == []
