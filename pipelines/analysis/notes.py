"""Notes about breaks: the file that `recon annotate` reads, and the same import without a file."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from pipelines.reports.rows import safe_cell
from pipelines.warehouse import Folders, exclusive_run

NOTE_COLUMNS = ("break_id", "status", "owner", "comment", "ticket", "expected_at", "accept_order_id")


def notes_csv(notes: Iterable[Mapping[str, str]]) -> str:
    """Notes as the file that `recon annotate` reads.

    Shape:   one row per break; what a note leaves out is an empty cell, and clears what was noted before.

    >>> print(notes_csv([{"break_id": "b1", "status": "disputed", "ticket": "T-7"}]).splitlines()[1])
    b1,disputed,,,T-7,,
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(NOTE_COLUMNS)
    writer.writerows([safe_cell(note.get(name) or "") for name in NOTE_COLUMNS] for note in notes)
    return text.getvalue()


def record(folders: Folders, notes: Iterable[Mapping[str, str]], *, by: str, at: datetime) -> str:
    """Records notes as `recon annotate` does; the next `recon run` shows them.

    Shape:   what came of it, in one sentence.
    Errors:  UsageError names every row that cannot be taken, then none is; LockHeld while a run is going on.
    """
    from pipelines.annotations import import_annotations

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "notes.csv"
        file.write_text(notes_csv(notes), encoding="utf-8")
        with exclusive_run(folders, "annotate"):
            done = import_annotations(folders, file, at, by)
    return f"{done.noted:,} noted, {done.unchanged:,} known already; `{folders.next_run}` shows them"
