"""What a landing showed at an earlier moment: later readings, checks and failures are not known yet."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.landing import Failure, Landing, Manifest, Partition
from pipelines.landing_notes import NOTES

HERE = {"customer_id": "c1"}
NAME = "orders/c1"
DAYS = [f"2026-10-{day:02d}T09:00:00+00:00" for day in range(10, 20)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "landing"


def read(folder: Path, sequence: int, at: str) -> None:
    """A complete walk without pages."""
    walk = Landing(folder).open_walk("orders", HERE)
    walk.complete(
        Manifest(
            endpoint="orders",
            partition=HERE,
            partition_id=NAME,
            walk_id=f"{sequence:06d}-abcdef",
            sequence=sequence,
            read_at=at,
            source_api="v1",
            content_hash=str(sequence),
            item_count=0,
            totals={},
            pages=[],
            correlation_id="",
        )
    )


def fail(folder: Path, at: str) -> None:
    Landing(folder).mark_failed("orders", HERE, NAME, Failure(at, "refused"))


def known(folder: Path, at: str) -> Partition | None:
    found = Landing(folder, known_at=datetime.fromisoformat(at)).partitions()
    return found[0] if found else None


def test_before_the_first_reading_nothing_is_known(folder: Path) -> None:
    read(folder, 1, DAYS[1])
    assert known(folder, DAYS[0]) is None
    assert Landing(folder).partitions() != []


def test_a_reading_counts_from_its_own_moment_on(folder: Path) -> None:
    read(folder, 1, DAYS[1])
    read(folder, 2, DAYS[3])
    assert [len(found.walks) for day in DAYS[1:4] if (found := known(folder, day))] == [1, 1, 2]


def test_a_check_is_known_from_its_own_moment_on_and_ends_with_the_next_reading(folder: Path) -> None:
    read(folder, 1, DAYS[0])
    Landing(folder).mark_checked("orders", HERE, DAYS[1], "h")
    Landing(folder).mark_checked("orders", HERE, DAYS[3], "h")
    read(folder, 2, DAYS[5])
    checked = [found.checked_at for day in DAYS[:6] if (found := known(folder, day))]
    assert checked == [None, DAYS[1], DAYS[1], DAYS[3], DAYS[3], None]


def test_a_failure_is_known_until_something_ended_it(folder: Path) -> None:
    """Though the note of it is gone from the folder by now."""
    fail(folder, DAYS[0])
    read(folder, 1, DAYS[2])
    fail(folder, DAYS[3])
    Landing(folder).mark_checked("orders", HERE, DAYS[4], "")
    statuses = [found.status for day in DAYS[:5] if (found := known(folder, day))]
    assert statuses == ["missing", "missing", "complete", "stale", "complete"]


def test_a_failure_that_was_forgotten_later_held_until_then(folder: Path) -> None:
    fail(folder, DAYS[0])
    Landing(folder).forget_failures("orders", (), DAYS[2])
    assert [known(folder, day) is not None for day in DAYS[:3]] == [True, True, False]


def test_a_walk_whose_line_was_never_written_still_ends_a_failure(folder: Path) -> None:
    fail(folder, DAYS[0])
    read(folder, 1, DAYS[1])
    notes = Landing(folder).partition_folder("orders", HERE) / NOTES
    notes.write_text(notes.read_text().splitlines()[0] + '\n{"event": "re')
    found = known(folder, DAYS[2])
    assert found is not None
    assert found.status == "complete"


def test_a_landing_without_such_lines_shows_what_stands_now_if_it_stood_then(folder: Path) -> None:
    read(folder, 1, DAYS[0])
    Landing(folder).mark_checked("orders", HERE, DAYS[2], "")
    (Landing(folder).partition_folder("orders", HERE) / NOTES).unlink()
    assert [found.checked_at for day in DAYS[1:3] if (found := known(folder, day))] == [None, DAYS[2]]


def test_a_moment_in_another_zone_is_the_same_moment(folder: Path) -> None:
    read(folder, 1, "2026-10-10T11:00:00+02:00")
    assert Landing(folder, known_at=datetime(2026, 10, 10, 9, tzinfo=UTC)).partitions() != []
