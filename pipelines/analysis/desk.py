"""The published file, opened: tables, explanations, and notes about breaks."""

from __future__ import annotations

import os
import threading
import weakref
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from pipelines.analysis.billed import Billed
from pipelines.analysis.found import Found
from pipelines.analysis.frames import Reader
from pipelines.analysis.notes import NOTE_COLUMNS, record
from pipelines.analysis.ordered import Ordered
from pipelines.settings import data_folder
from pipelines.warehouse import Folders, open_published

_readers: weakref.WeakValueDictionary[Path, Reader] = weakref.WeakValueDictionary()
_opening = threading.Lock()


class Warehouse(Billed, Ordered, Found):
    """One published generation; a later publication does not change what this object reads, and this object never
    holds up a load: finished files are opened read-only and never written again.

    Shape:   each table is a LazyFrame with the columns of its mart; `collect()` gives the rows.
    Units:   amounts in the row's `currency`, Decimal(38, 12); quantities, unit prices and rates Decimal(38, 24);
             times in UTC without a zone.
    Errors:  ValueError for a period that is not a month like 2026-08.
    """

    def __enter__(self) -> Warehouse:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to do: the file is let go with the last frame that needs it."""

    def minor_digits(self) -> dict[str, int]:
        """Digits behind the point per currency: 2 for most, 0 for JPY. What is not listed has 2."""
        rows = self._reader.connection.cursor().execute("select currency, minor_digits from seeds.currencies")
        return {str(currency): int(digits) for currency, digits in rows.fetchall()}

    def explain(self, subject: str, part: str | None = None) -> list[str]:
        """Why a break, an invoice (or a line of it) or an order is what it is, down to the page that the API sent.

        Shape:   lines of text, the same as `recon explain`.
        Errors:  UsageError when nothing has that id, or several have.
        """
        from pipelines.reports.explanation import explain

        return list(explain(self._reader.connection.cursor(), subject, part))

    def annotate(self, break_id: str, *, by: str, **note: str) -> str:
        """Notes something about a break: status, owner, comment, ticket, expected_at, accept_order_id.

        Shape:   what came of it, in one sentence. What is left out is cleared, as by an empty cell of a file.
        Errors:  ValueError for an enquiry, or a name that is no part of a note; as `recon annotate` for the rest.
        """
        if self.is_enquiry:
            raise ValueError("an enquiry shows what was known then; open the published result to note something")
        unknown = sorted(set(note) - set(NOTE_COLUMNS))
        if unknown:
            raise ValueError(f"a note has no {', '.join(unknown)}; it has {', '.join(NOTE_COLUMNS[1:])}")
        at = _moment(os.environ.get("RECON_AS_OF")) or datetime.now(UTC)
        return record(Folders(self.data_dir), [{"break_id": break_id, **note}], by=by, at=at)


def open_warehouse(
    data_dir: str | Path | None = None, *, as_of: str | datetime | None = None, profile: str | None = None
) -> Warehouse:
    """The published database of a data directory; without one that of RECON_DATA_DIR, else `data`.

    `profile` is the partner, where there are several; without it the one that RECON_PROFILE names, if any.

    Shape:   with `as_of` (`2026-09-12T00:00:00Z`, a day, or a datetime; UTC) the enquiry as of that moment.
    Errors:  ReconError when nothing was published there yet, UsageError when there is no such enquiry, ValueError
             for no moment, SettingsError for a profile that there is not; the messages name the command that helps.

    >>> with open_warehouse() as desk:
    ...     desk.generation, desk.as_of.isoformat()
    (7, '2026-09-15T06:00:00')
    """
    folders = Folders(_folder(data_dir, profile))
    moment = _moment(as_of)
    file = folders.published if moment is None else folders.enquiry(moment)
    with _opening:
        known = file.resolve()
        reader = _readers.get(known)
        # A file that is gone is opened again for the message that says so.
        if reader is None or not known.exists():
            reader = Reader(open_published(folders, moment))
            _readers[known] = reader
    row = reader.connection.cursor().execute("select generation, as_of from recon_meta.build_info").fetchone()
    assert row is not None
    return Warehouse(folders.data, row[0], row[1], moment is not None, reader)


def enquiries(data_dir: str | Path | None = None, *, profile: str | None = None) -> list[datetime]:
    """The moments that `open_warehouse(as_of=…)` can open, newest first; UTC without a zone.

    >>> enquiries()
    []
    """
    files = Folders(_folder(data_dir, profile)).enquiries.glob("*Z.duckdb")
    return sorted((_moment_of(file) for file in files), reverse=True)


def _moment_of(enquiry: Path) -> datetime:
    """The moment in the name of an enquiry's file, which has no colons."""
    whole, _, fraction = enquiry.stem.removesuffix("Z").partition(".")
    return datetime.strptime(f"{whole}.{fraction or 0}", "%Y-%m-%dT%H%M%S.%f")  # noqa: DTZ007


def _folder(data_dir: str | Path | None, profile: str | None) -> Path:
    return Path(data_dir).expanduser().absolute() if data_dir else data_folder(profile)


def _moment(as_of: str | datetime | None) -> datetime | None:
    if not as_of:
        return None
    try:
        moment = datetime.fromisoformat(as_of.strip()) if isinstance(as_of, str) else as_of
    except ValueError:
        raise ValueError(f"as_of `{as_of}` is no moment; write it like 2026-09-12T00:00:00Z") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
