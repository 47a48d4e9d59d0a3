"""Asking for an earlier moment: which published result it stands beside, and what is said when nothing was known."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from pipelines.enquiry import enquire, generation_then
from pipelines.errors import UsageError
from pipelines.history import EVENTS, generation_moments, keep_published_events
from pipelines.run import is_earlier
from pipelines.warehouse import Folders, open_published
from tests.sandboxed import folders_in

DAYS = [datetime(2026, 10, day, 9, tzinfo=UTC) for day in range(10, 16)]
NAIVE = [day.replace(tzinfo=None) for day in DAYS]


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return folders_in(tmp_path / "data")


@pytest.mark.parametrize(
    ("published", "asked", "expected"),
    [
        ({}, 0, (1, None)),
        ({1: 1, 2: 3}, 0, (1, None)),
        ({1: 1, 2: 3}, 1, (1, None)),
        ({1: 1, 2: 3}, 2, (2, 1)),
        ({1: 1, 2: 3}, 3, (2, 1)),
        # Two for one moment: the later one is what stood then.
        ({1: 1, 2: 1, 3: 3}, 1, (2, 1)),
    ],
)
def test_an_enquiry_stands_where_a_result_of_its_moment_stands(
    published: dict[int, int], asked: int, expected: tuple[int, int | None]
) -> None:
    number, previous = expected
    found = generation_then({one: NAIVE[day] for one, day in published.items()}, DAYS[asked])
    assert found == (number, None if previous is None else NAIVE[previous])


def test_only_a_moment_before_the_published_one_is_an_enquiry() -> None:
    published = {"as_of": NAIVE[2]}
    assert [is_earlier(published, day) for day in DAYS[1:4]] == [True, False, False]
    assert not is_earlier(None, DAYS[0])


def test_a_generation_without_events_keeps_its_moment(folders: Folders) -> None:
    with duckdb.connect(str(folders.published)) as connection:
        connection.execute("create schema recon_meta; create schema intermediate")
        connection.execute(f"create table {EVENTS} (generation bigint, event_at timestamp)")
        connection.execute(
            f"create table recon_meta.build_info as select 4 as generation, timestamp '{NAIVE[2]}' as as_of"
        )
    keep_published_events(folders)
    assert generation_moments(folders) == {4: NAIVE[2]}


def test_a_log_from_before_moments_were_kept_has_them_in_its_events(folders: Folders) -> None:
    with duckdb.connect() as connection:
        for number, rows in ((1, "where true"), (2, "where false")):
            file = folders.break_log / f"generation-{number:06d}.parquet"
            connection.execute(
                f"copy (select timestamp '{NAIVE[1]}' as event_at {rows}) to '{file}' (format parquet)"
            )
    assert generation_moments(folders) == {1: NAIVE[1]}


def test_a_moment_before_anything_was_read_is_refused_and_nothing_is_made(folders: Folders) -> None:
    with pytest.raises(UsageError, match=r"by 2026-10-10 09:00:00 UTC .*nothing was known \(nothing was read\)"):
        enquire(folders.for_enquiry(), as_of=DAYS[0], not_compared_share="0.01")
    assert not folders.enquiries.exists()


def test_an_enquiry_that_was_never_made_is_refused_with_those_there_are(folders: Folders) -> None:
    folders.enquiries.mkdir()
    folders.enquiry(DAYS[1]).touch()
    with pytest.raises(
        UsageError, match=r"there are 2026-10-11T090000Z; `RECON_AS_OF=2026-10-12T09:00:00Z recon run`"
    ):
        open_published(folders, DAYS[2])
