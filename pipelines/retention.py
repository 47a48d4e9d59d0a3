"""What a scheduled day clears away: old files that this program made, and nothing else.

Goes                                            when
logs/<moment>-<command>-<process>.jsonl         older than RECON_KEEP_LOGS_DAYS, like logs/<moment>-failure.log
reports/reconciliation-g000012.xlsx, .html      older than RECON_KEEP_REPORTS_DAYS; never those of the published
                                                generation, nor of one that a closed month was certified on
published/as-of/<moment>.duckdb                 older than RECON_KEEP_ENQUIRIES_DAYS
build/enquiry/, and files that were being       a day old: what a killed run left
written when a run was killed

Published generations that nobody needs go when the next one is published. The landing, the history (break log,
annotations, closed months and their evidence, what was told) and statements are never looked at. A link is never
followed, and a file with another name is somebody else's.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from pipelines.closed_months import closings
from pipelines.settings.daily import DailySettings
from pipelines.warehouse import Folders

Kind = Callable[[int], bool]
_LOG = re.compile(r"\d{8}T\d{6}-(?:[a-z-]+-\d+\.jsonl|failure\.log)")
_REPORT = re.compile(r"reconciliation-(?:g(?P<generation>\d{6,})|as-of-[\dTZ.-]+)(?:-\d{4}-\d\d)?\.(?:xlsx|html)")
_ENQUIRY = re.compile(r"\d{4}-\d\d-\d\dT[\d.]+Z\.duckdb")
_GENERATION = re.compile(r"warehouse-(\d{6,})\.duckdb")
_HALF_WRITTEN = re.compile(r".+\.incoming|\..+\.(?:[0-9a-f]{8}|incoming)")
# Where a workbook is put together.
_WORKPLACE = re.compile(r"\.incoming-\w+")
_ENQUIRY_BUILD = re.compile(r"warehouse\.duckdb(?:\.wal)?")
# Nothing runs that long, so nobody is still writing or reading it.
_LEFT_OVER = timedelta(days=1)


@dataclass(frozen=True)
class Removal:
    """A file that goes, and why."""

    path: Path
    why: str
    size_bytes: int


@dataclass(frozen=True)
class Cleared:
    """What went, and what could not be removed (with the reason)."""

    removed: tuple[Removal, ...]
    failed: tuple[str, ...]


def removable(folders: Folders, settings: DailySettings, now: datetime) -> list[Removal]:
    """The files that may go, oldest rule first; nothing is touched.

    Shape:   `now` is the clock's, in UTC: files are as old as the disk says, whatever moment a run was for.
    """
    logs = _old(folders, folders.logs, _LOG, settings.keep_logs_days, "log", now)
    enquiries = _old(folders, folders.enquiries, _ENQUIRY, settings.keep_enquiries_days, "enquiry", now)
    return [*logs, *_reports(folders, settings, now), *enquiries, *_left_over(folders, now)]


def clear(folders: Folders, settings: DailySettings, now: datetime) -> Cleared:
    """Removes them, for the run that holds the lock; one that cannot go does not keep the others."""
    removed, failed = [], []
    for one in removable(folders, settings, now):
        try:
            shutil.rmtree(one.path) if one.path.is_dir() else one.path.unlink()
            removed.append(one)
        except OSError as error:
            failed.append(f"{one.path}: {error.strerror or error}")
    return Cleared(tuple(removed), tuple(failed))


def _reports(folders: Folders, settings: DailySettings, now: datetime) -> Iterator[Removal]:
    standing = {closing.certificate.get("generation") for closing in closings(folders)}
    current = _GENERATION.fullmatch(folders.published.resolve().name)
    for one in _old(folders, folders.data / "reports", _REPORT, settings.keep_reports_days, "report", now):
        name = _REPORT.fullmatch(one.path.name)
        generation = int(name["generation"]) if name and name["generation"] else None
        if generation is None or (generation not in standing and not (current and int(current[1]) == generation)):
            yield one


def _left_over(folders: Folders, now: datetime) -> Iterator[Removal]:
    for folder in (folders.data, folders.enquiries, folders.logs, folders.data / "reports"):
        yield from _named(folders, folder, _HALF_WRITTEN, now)
    yield from _named(folders, folders.for_enquiry().build_database.parent, _ENQUIRY_BUILD, now)
    yield from _named(folders, folders.data / "reports", _WORKPLACE, now, stat.S_ISDIR)


def _named(
    folders: Folders, folder: Path, pattern: re.Pattern[str], now: datetime, kind: Kind = stat.S_ISREG
) -> Iterator[Removal]:
    for path, about in _files(folders, folder, pattern, _LEFT_OVER, now, kind):
        yield Removal(path, "left over by a run that was killed", about.st_size)


def _old(
    folders: Folders, folder: Path, pattern: re.Pattern[str], days: int, kind: str, now: datetime
) -> Iterator[Removal]:
    if days:
        for path, about in _files(folders, folder, pattern, timedelta(days=days), now):
            yield Removal(path, f"{kind} older than {days} days", about.st_size)


def _files(
    folders: Folders, folder: Path, pattern: re.Pattern[str], age: timedelta, now: datetime, kind: Kind = stat.S_ISREG
) -> Iterator[tuple[Path, os.stat_result]]:
    """What has that name, age and kind (a link is neither), in a folder that really lies in the data directory."""
    if not folder.is_dir() or folder.resolve() != folders.data.resolve() / folder.relative_to(folders.data):
        return
    for path in sorted(folder.iterdir()):
        try:
            about = path.lstat()
        except FileNotFoundError:
            # Whoever wrote it has given it its name meanwhile.
            continue
        is_old = about.st_mtime < (now - age).timestamp()
        if pattern.fullmatch(path.name) and kind(about.st_mode) and is_old:
            yield path, about
