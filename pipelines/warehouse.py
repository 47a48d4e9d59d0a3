"""Where the files are, who may open them, and how a finished database is published.

build/warehouse.duckdb            the working database; nobody but a run opens it
published/generations/…           finished databases, never written again
published/warehouse.duckdb        a name that points to the newest one; replaced atomically
published/parquet                 the same for tools that read folders: points to the marts of that one as Parquet
published/as-of/…                 enquiries: what was known at an earlier moment
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import filelock

from pipelines.errors import LockHeld, NothingPublished, ReconError, UsageError
from pipelines.files import put_in_place, sync_folder, write_atomically

if TYPE_CHECKING:
    # Imported where it is used: it takes longer than all the rest of `recon --help`.
    import duckdb

GENERATIONS_KEPT = 2
# The oldest DuckDB that analysts' tools may bring along: the published file is written so that it opens it.
STORAGE_VERSION = "v1.5.0"


@dataclass(frozen=True)
class Folders:
    """The files under the data directory.

    Shape:   `workplace` is the folder in `build/` with the working database; blank is `build/` itself.
    """

    data: Path
    workplace: str = ""

    def for_enquiry(self) -> Folders:
        """The same data directory with a working database of its own, so that the normal one stays as it is."""
        return replace(self, workplace="enquiry")

    @property
    def landing(self) -> Path:
        """What the API sent."""
        return self.data / "landing"

    @property
    def build_database(self) -> Path:
        """The working database."""
        return self.data / "build" / self.workplace / "warehouse.duckdb"

    @property
    def dlt(self) -> Path:
        """dlt's working folder: disposable, wiped before and after each load."""
        return self.data / "build" / self.workplace / "dlt"

    @property
    def dbt(self) -> Path:
        """dbt's target and logs."""
        return self.data / "build" / "dbt"

    @property
    def published(self) -> Path:
        """The only file that analysts open."""
        return self.data / "published" / "warehouse.duckdb"

    @property
    def parquet(self) -> Path:
        """The published marts as Parquet files, for tools that read folders."""
        return self.data / "published" / "parquet"

    @property
    def generations(self) -> Path:
        """The finished databases behind the published name."""
        return self.data / "published" / "generations"

    def enquiry(self, as_of: datetime) -> Path:
        """The database of the enquiry as of a moment."""
        moment = (as_of if as_of.tzinfo is None else as_of.astimezone(UTC)).replace(tzinfo=None)
        # No colon: not every file system takes one.
        return self.enquiries / f"{moment:%Y-%m-%dT%H%M%S}{f'.{moment:%f}' if moment.microsecond else ''}Z.duckdb"

    @property
    def enquiries(self) -> Path:
        """The databases of all enquiries; each may be deleted, and asked for again."""
        return self.data / "published" / "as-of"

    @property
    def break_log(self) -> Path:
        """One Parquet file of break events per published generation."""
        return self.data / "history" / "break_log"

    @property
    def awaited_log(self) -> Path:
        """One Parquet file a published generation: what a window of time holds back, from when to when."""
        return self.data / "history" / "awaited_log"

    @property
    def annotations(self) -> Path:
        """What analysts noted about breaks: one Parquet file an import, never written again."""
        return self.data / "history" / "annotations"

    @property
    def closed(self) -> Path:
        """Closed months: certificates and evidence; made when the first month is closed."""
        return self.data / "history" / "closed"

    @property
    def alerts(self) -> Path:
        """What a receiver of alerts was told; made with the first alert."""
        return self.data / "history" / "alerts"

    @property
    def statements(self) -> Path:
        """Invoice PDFs; made when the first one comes."""
        return self.data / "statements"

    @property
    def cart_steps(self) -> Path:
        """The request ids of confirmed cart steps, and what came of each."""
        return self.data / "history" / "carts"

    @property
    def sql_history(self) -> Path:
        """What was typed at the prompt of `recon sql`; its owner's alone, and never published."""
        return self.data / "sql_history"

    @property
    def demo_note(self) -> Path:
        """Which pretend business `recon demo` has read; not there where no demo ran."""
        return self.landing / "demo.json"

    @property
    def next_run(self) -> str:
        """The command that makes the next result here: the data of a demo is read again by the same demo."""
        if not self.demo_note.exists():
            return "recon run"
        business = json.loads(self.demo_note.read_text(encoding="utf-8"))
        return " ".join(("recon demo", *business["options"]))

    @property
    def logs(self) -> Path:
        """One JSON-lines log a run."""
        return self.data / "logs"

    def make(self) -> None:
        """Creates the folders, readable by their owner only."""
        for folder in (
            self.landing,
            self.build_database.parent,
            self.generations,
            self.break_log,
            self.annotations,
            self.logs,
        ):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)


@contextmanager
def exclusive_run(folders: Folders, command: str) -> Iterator[None]:
    """Holds the data directory for one run.

    Errors:  LockHeld says which process holds it and since when it was called what.
    """
    holder = folders.data / "run.holder"
    lock = filelock.FileLock(folders.data / "run.lock")
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        who = holder.read_text().strip() if holder.exists() else "another process"
        raise LockHeld(f"{folders.data} is in use by {who}; wait until it has ended") from None
    try:
        write_atomically(holder, f"`recon {command}` (process {os.getpid()})".encode())
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def open_published(folders: Folders, as_of: datetime | None = None) -> duckdb.DuckDBPyConnection:
    """The published database: read-only, no file or network access from SQL, settings locked.

    Shape:   with `as_of` the enquiry as of that moment.
    Errors:  ReconError when nothing was published yet, with the command that does; UsageError when there is no
             such enquiry.
    """
    file = folders.published
    if as_of is not None:
        file = folders.enquiry(as_of)
        if not file.exists():
            raise UsageError(_no_enquiry(folders, as_of))
    elif not file.exists():
        raise NothingPublished(f"nothing is published in {folders.data} yet; run `recon run` (or `recon demo`) first")
    import duckdb

    connection = duckdb.connect(os.fspath(file.resolve()), read_only=True, config={"enable_external_access": "false"})
    locked = connection.execute("select current_setting('lock_configuration')").fetchone()
    # One process shares one instance a file: a second connection finds it set and locked already.
    if not (locked and locked[0]):
        connection.execute("set timezone = 'UTC'")
        connection.execute("set lock_configuration = true")
    return connection


def open_build(folders: Folders) -> duckdb.DuckDBPyConnection:
    """The working database, for the run that holds the lock.

    Shape:   a new one is made in the storage format of `STORAGE_VERSION`; one that is there keeps its own.
    """
    import duckdb

    connection = duckdb.connect(
        os.fspath(folders.build_database), config={"storage_compatibility_version": STORAGE_VERSION}
    )
    connection.execute("set timezone = 'UTC'")
    return connection


def remove_build_of_other_storage(folders: Folders) -> None:
    """Removes a working database of another storage format; loading makes it again from the landing."""
    if not folders.build_database.exists():
        return
    with open_build(folders) as connection:
        row = connection.execute(
            "select tags['storage_version'] from duckdb_databases() where path is not null"
        ).fetchone()
    if row is None or row[0] != f"{STORAGE_VERSION}+":
        folders.build_database.unlink()


def published_info(folders: Folders, as_of: datetime | None = None) -> dict[str, Any] | None:
    """What the published database (or an enquiry) says about its own build; None when nothing is published."""
    if as_of is None and not folders.published.exists():
        return None
    with open_published(folders, as_of) as connection:
        cursor = connection.execute("select * from recon_meta.build_info")
        names = [column[0] for column in cursor.description]
        return dict(zip(names, cursor.fetchone() or (), strict=True))


def publish_enquiry(folders: Folders, as_of: datetime) -> Path:
    """Copies the checked, closed working database to where enquiries are; the published name stays as it is."""
    _require_closed(folders)
    target = folders.enquiry(as_of)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = target.with_suffix(".incoming")
    shutil.copyfile(folders.build_database, aside)
    put_in_place(aside, target)
    return target


def _no_enquiry(folders: Folders, as_of: datetime) -> str:
    there = sorted(file.stem for file in folders.enquiries.glob("*.duckdb"))
    known = f"there are {', '.join(there)}" if there else "there is none yet"
    moment = f"{as_of:%Y-%m-%dT%H:%M:%S}Z"
    return f"no enquiry as of {moment}: {known}; `RECON_AS_OF={moment} recon run` makes it"


def _require_closed(folders: Folders) -> None:
    leftover = folders.build_database.with_name(folders.build_database.name + ".wal")
    if leftover.exists():
        raise ReconError(f"{leftover} is left over: the working database was not closed cleanly; run again")


def publish(folders: Folders, generation: int) -> Path:
    """Copies the checked, closed working database, and points the published names at the copy and its Parquet files.

    Open readers keep the file that they opened. A crash at any point leaves the old name or the new one.
    Errors:  ControlTotalsDiffer when the Parquet files would not hold the same; the published names stay.
    """
    _require_closed(folders)
    target = folders.generations / f"warehouse-{generation:06d}.duckdb"
    aside = target.with_suffix(".incoming")
    shutil.copyfile(folders.build_database, aside)
    put_in_place(aside, target)
    _write_parquet(target)
    _point(folders.published, target)
    _point(folders.parquet, _parquet_of(target))
    _remove_old_generations(folders)
    return target


def publish_parquet_again(folders: Folders) -> None:
    """Makes the published Parquet files those of the published database, where a killed run left them behind."""
    if not folders.published.is_symlink():
        return
    wanted = _parquet_of(folders.published.resolve())
    if not wanted.exists():
        _write_parquet(folders.published.resolve())
    if folders.parquet.resolve() != wanted:
        _point(folders.parquet, wanted)


def _write_parquet(database: Path) -> None:
    from pipelines.parquet_copy import write_parquet

    write_parquet(database, _parquet_of(database))


def _parquet_of(database: Path) -> Path:
    """The folder of Parquet files beside a finished database."""
    return database.with_name(database.stem.replace("warehouse-", "parquet-"))


def _point(name: Path, target: Path) -> None:
    """Makes a published name point to one of the generations, at once."""
    pointer = name.with_name(f".{name.stem}.incoming")
    pointer.unlink(missing_ok=True)
    pointer.symlink_to(Path("generations") / target.name)
    pointer.replace(name)
    sync_folder(name.parent)


def _remove_old_generations(folders: Folders) -> None:
    current = (folders.published.resolve(), folders.parquet.resolve())
    for old in sorted(folders.generations.glob("*.incoming")):
        _remove(old)
    for pattern in ("warehouse-*.duckdb", "parquet-*"):
        for old in sorted(folders.generations.glob(pattern))[:-GENERATIONS_KEPT]:
            if old not in current:
                _remove(old)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
