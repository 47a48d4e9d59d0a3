"""What a scheduled day may remove, and what it never touches."""

from __future__ import annotations

import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.retention import clear, removable
from pipelines.settings.daily import DailySettings
from pipelines.warehouse import Folders

NOW = datetime.now(UTC)
SETTINGS = DailySettings(keep_logs_days=10, keep_reports_days=10, keep_enquiries_days=10)
LOG = "20260101T000000-run-1.jsonl"


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    made = Folders(tmp_path / "data")
    made.make()
    return made


def aged(path: Path, days: float) -> Path:
    """A file as old as that."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x")
    moment = time.time() - days * 86_400
    os.utime(path, (moment, moment))
    return path


def names(folders: Folders, settings: DailySettings = SETTINGS) -> set[str]:
    return {one.path.name for one in removable(folders, settings, NOW)}


def test_logs_go_when_they_are_old_enough(folders: Folders) -> None:
    aged(folders.logs / LOG, 11)
    aged(folders.logs / "20260101T000000-failure.log", 11)
    aged(folders.logs / "20260102T000000-daily-2.jsonl", 9)
    assert names(folders) == {LOG, "20260101T000000-failure.log"}


def test_nought_days_keep_for_ever(folders: Folders) -> None:
    aged(folders.logs / LOG, 5000)
    assert names(folders, DailySettings(keep_logs_days=0)) == set()


def test_enquiries_go_only_where_a_setting_says_so(folders: Folders) -> None:
    aged(folders.enquiries / "2026-09-12T000000Z.duckdb", 11)
    assert names(folders) == {"2026-09-12T000000Z.duckdb"}
    assert names(folders, DailySettings()) == set()


def test_reports_of_the_published_generation_and_of_closed_months_stay(folders: Folders) -> None:
    for generation in (1, 2, 3):
        for ending in ("xlsx", "html"):
            aged(folders.data / "reports" / f"reconciliation-g{generation:06d}.{ending}", 500)
    aged(folders.data / "reports" / "reconciliation-as-of-2026-09-12T000000Z.html", 500)
    aged(folders.data / "reports" / "reconciliation-g000002-2026-09.html", 500)
    aged(folders.data / "reports" / "reconciliation-g000001-2026-09.html", 500)
    aged(folders.generations / "warehouse-000003.duckdb", 1)
    folders.published.symlink_to("generations/warehouse-000003.duckdb")
    certificate = folders.closed / "2026-09" / "1" / "certificate.json"
    certificate.parent.mkdir(parents=True)
    certificate.write_text(json.dumps({"month": "2026-09", "currencies": ["EUR"], "generation": 1}))
    assert names(folders) == {
        "reconciliation-g000002.xlsx",
        "reconciliation-g000002.html",
        "reconciliation-as-of-2026-09-12T000000Z.html",
        "reconciliation-g000002-2026-09.html",
    }


def test_what_a_killed_run_left_goes_after_a_day(folders: Folders) -> None:
    left = {
        aged(folders.data / ".refresh_token.0123abcd", 2),
        aged(folders.enquiries / "2026-09-12T000000Z.incoming", 2),
        aged(folders.for_enquiry().build_database, 2),
    }
    workplace = aged(folders.data / "reports" / ".incoming-a_1b2c3d" / "rows.tmp", 2).parent
    os.utime(workplace, (0, time.time() - 2 * 86_400))
    left.add(workplace)
    aged(folders.data / ".run.holder.0123abcd", 0)
    assert {one.path for one in clear(folders, SETTINGS, NOW).removed} == left
    assert not [path for path in left if path.exists()]


def test_everything_else_stays_however_old_it_is(folders: Folders) -> None:
    kept = [
        aged(folders.landing / "orders" / ".page.0123abcd", 5000),
        aged(folders.landing / LOG, 5000),
        aged(folders.break_log / "generation-000001.parquet", 5000),
        aged(folders.alerts / "alerts-000001.parquet", 5000),
        aged(folders.closed / "2026-09" / "1" / "reconciliation-g000001.xlsx", 5000),
        aged(folders.statements / "G1.pdf", 5000),
        aged(folders.build_database, 5000),
        aged(folders.data / "refresh_token", 5000),
        aged(folders.logs / "my notes.txt", 5000),
        aged(folders.data / "reports" / "board pack.xlsx", 5000),
        aged(folders.data / "reports" / "disputes" / LOG, 5000),
    ]
    cleared = clear(folders, SETTINGS, NOW)
    assert cleared.removed == ()
    assert all(path.exists() for path in kept)


def test_a_link_is_never_followed(folders: Folders, tmp_path: Path) -> None:
    outside = aged(tmp_path / "elsewhere" / LOG, 5000)
    (folders.logs / "20260103T000000-run-1.jsonl").symlink_to(outside)
    os.utime(folders.logs / "20260103T000000-run-1.jsonl", (0, 0), follow_symlinks=False)
    (folders.data / "reports").symlink_to(outside.parent)
    aged(outside.parent / "reconciliation-g000001.xlsx", 5000)
    assert clear(folders, SETTINGS, NOW).removed == ()
    assert outside.exists()


def test_one_that_cannot_go_does_not_keep_the_others(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    stubborn = aged(folders.logs / LOG, 11)
    other = aged(folders.logs / "20260102T000000-run-1.jsonl", 11)
    unlink = Path.unlink

    def refuse(path: Path, missing_ok: bool = False) -> None:
        if path == stubborn:
            raise PermissionError(13, "no right")
        unlink(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", refuse)
    cleared = clear(folders, SETTINGS, NOW)
    assert [one.path for one in cleared.removed] == [other]
    assert cleared.failed == (f"{stubborn}: no right",)
    assert not other.exists()
