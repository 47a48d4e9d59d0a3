"""What happened to runs, and what the receiver was told: one Parquet file more each time, none written again.

history/alerts/alerts-000001.parquet

A `noted` row is something that happened to a run: it failed, nothing came for too long, it works again, something
could not be read, or was read again. A `told` row stands for a thing that a receiver has confirmed. What is noted and
not told is pending.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import filelock
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.errors import LandingDamaged, LockHeld
from pipelines.files import put_in_place
from pipelines.warehouse import Folders

RUN_FAILED, RUN_WORKS, STALE = "run_failed", "run_works_again", "stale"
NOT_READ, READ_AGAIN = "not_read", "read_again"
_WAIT_SECONDS = 120
_COLUMNS = pa.schema(
    [
        ("record", pa.string()),
        ("event", pa.string()),
        ("break_id", pa.string()),
        ("generation", pa.int64()),
        ("currency", pa.string()),
        ("at_risk_amount", pa.decimal128(38, 12)),
        ("severity", pa.string()),
        ("detail", pa.string()),
        ("happened_at", pa.timestamp("us")),
        ("recorded_at", pa.timestamp("us")),
    ]
)


@dataclass(frozen=True)
class Entry:
    """One row.

    Shape:   `break_id` is set for breaks, with `generation` and `severity` as published when it was told (blank in
             files of a former version); `detail` is the kind of a failure, or what could not be read, a line each;
             times are UTC without a zone.
    """

    record: str
    event: str
    happened_at: datetime
    detail: str = ""
    break_id: str | None = None
    generation: int = 0
    currency: str | None = None
    at_risk_amount: Decimal | None = None
    severity: str = ""
    recorded_at: datetime | None = None


class Memory:
    """All entries, oldest first.

    Errors:  LandingDamaged when a file cannot be read.
    """

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = tuple(entries)

    @classmethod
    def of(cls, folders: Folders) -> Memory:
        """The memory of a data directory."""
        return cls([entry for file in _files(folders) for entry in _read(file)])

    def told_breaks(self) -> dict[str, Entry]:
        """What was last told of each break."""
        return {one.break_id: one for one in self.entries if one.record == "told" and one.break_id is not None}

    def pending_runs(self) -> list[Entry]:
        """What was noted of runs and never told."""
        told = {_identity(one) for one in self.entries if one.record == "told"}
        return [one for one in self.entries if one.record == "noted" and _identity(one) not in told]

    def with_failure(self, detail: str, happened_at: datetime) -> Entry | None:
        """A failed run, to be noted; None where the run before it failed alike."""
        last = self._last_noted(RUN_FAILED, RUN_WORKS)
        if last is not None and (last.event, last.detail) == (RUN_FAILED, detail):
            return None
        return Entry("noted", RUN_FAILED, happened_at, detail)

    def with_stale(self, generation: int, detail: str, happened_at: datetime) -> Entry | None:
        """Nothing was published for too long, to be noted; once for what is published (0: nothing ever)."""
        if any(one.event == STALE and one.generation == generation for one in self.entries):
            return None
        return Entry("noted", STALE, happened_at, detail, generation=generation)

    def with_success(self, generation: int, happened_at: datetime) -> Entry | None:
        """A run that worked, to be noted after trouble only."""
        last = self._last_noted(RUN_FAILED, RUN_WORKS, STALE)
        if last is None or last.event == RUN_WORKS:
            return None
        return Entry("noted", RUN_WORKS, happened_at, generation=generation)

    def with_not_read(self, names: Sequence[str], happened_at: datetime) -> Entry | None:
        """What could not be read, to be noted where it is not what was noted before; no name: all was read."""
        last = self._last_noted(NOT_READ, READ_AGAIN)
        detail = "\n".join(names)
        if detail == (last.detail if last else ""):
            return None
        return Entry("noted", NOT_READ if names else READ_AGAIN, happened_at, detail)

    def plus(self, entry: Entry | None) -> Memory:
        """The memory as it would be with that entry."""
        return self if entry is None else Memory((*self.entries, entry))

    def _last_noted(self, *events: str) -> Entry | None:
        noted = (one for one in reversed(self.entries) if one.record == "noted" and one.event in events)
        return next(noted, None)


def _identity(entry: Entry) -> tuple[str, datetime, str]:
    return entry.event, entry.happened_at, entry.detail


@contextmanager
def exclusive_memory(folders: Folders) -> Iterator[None]:
    """One teller at a time, so that nothing is told twice. Not the lock of runs: a hanging run must not silence it.

    Errors:  LockHeld after two minutes.
    """
    lock = filelock.FileLock(folders.data / "alert.lock")
    try:
        lock.acquire(timeout=_WAIT_SECONDS)
    except filelock.Timeout:
        raise LockHeld(f"another alert is being sent from {folders.data}; wait until it has ended") from None
    try:
        yield
    finally:
        lock.release()


def remember(folders: Folders, entries: Sequence[Entry]) -> None:
    """Adds a file with these entries, whole or not at all."""
    if not entries:
        return
    folders.alerts.mkdir(parents=True, exist_ok=True, mode=0o700)
    now = datetime.now(UTC).replace(tzinfo=None)
    rows = [asdict(replace(entry, recorded_at=now)) for entry in entries]
    number = max((_number(file) for file in _files(folders)), default=0) + 1
    target = folders.alerts / f"alerts-{number:06d}.parquet"
    aside = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}")
    pq.write_table(pa.Table.from_pylist(rows, schema=_COLUMNS), aside)
    put_in_place(aside, target)


def _files(folders: Folders) -> list[Path]:
    return sorted(folders.alerts.glob("alerts-*.parquet"), key=_number)


def _number(file: Path) -> int:
    return int(file.stem.removeprefix("alerts-"))


def _read(file: Path) -> Iterator[Entry]:
    names = {field.name for field in fields(Entry)}
    try:
        # A file of a former version has fewer columns.
        rows = pq.read_table(file).to_pylist()
    except (OSError, pa.ArrowException) as error:
        raise LandingDamaged(f"{file} cannot be read ({error}); restore it from a copy") from error
    return (Entry(**{name: value for name, value in row.items() if name in names}) for row in rows)
