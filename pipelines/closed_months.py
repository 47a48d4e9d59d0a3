"""Months that were closed: what is kept of each closing, and which of them still stand.

history/closed/<month>/<number>/certificate.json       what was closed, by whom, on what evidence
history/closed/<month>/<number>/<mart>.parquet, .xlsx  the evidence
history/closed/<month>/<number>/readings-EUR.parquet   the readings of lines that the closed numbers stand on
history/closed/<month>/<number>/reopened-EUR.json      why a currency was opened again, when it was

Files are added, never written again. A closing that was opened again stays on record.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.errors import LandingDamaged, UsageError
from pipelines.files import write_atomically
from pipelines.warehouse import Folders

CERTIFICATE = "certificate.json"


@dataclass(frozen=True)
class Closing:
    """One closing of a month.

    Shape:   `reopened` maps a currency to the note with which it was opened again.
    """

    folder: Path
    certificate: dict[str, Any]
    reopened: dict[str, dict[str, Any]]

    @property
    def month(self) -> str:
        """The month, YYYY-MM."""
        return str(self.certificate["month"])

    @property
    def standing(self) -> tuple[str, ...]:
        """The currencies that are closed by it now."""
        return tuple(one for one in self.certificate["currencies"] if one not in self.reopened)


def require_month(text: str) -> str:
    """A month as it is written everywhere.

    Errors:  UsageError when it is none.
    """
    if not re.fullmatch(r"20[0-9]{2}-(0[1-9]|1[0-2])", text):
        raise UsageError(f"`{text}` is not a month; write it like 2026-09")
    return text


def closings(folders: Folders, month: str = "*") -> list[Closing]:
    """Every closing there was, oldest first.

    Errors:  LandingDamaged when a certificate cannot be read.
    """
    found = []
    for file in folders.closed.glob(f"{month}/*/{CERTIFICATE}"):
        notes = {note.stem.removeprefix("reopened-"): _json(note) for note in file.parent.glob("reopened-*.json")}
        found.append(Closing(file.parent, _json(file), notes))
    return sorted(found, key=lambda closing: (closing.month, int(closing.folder.name)))


def standing(folders: Folders) -> Iterator[tuple[str, str, Closing]]:
    """Month and currency of everything that is closed now, with its closing."""
    for closing in closings(folders):
        for currency in closing.standing:
            yield closing.month, currency, closing


def closed_readings(folders: Folders) -> list[Path]:
    """The files of readings that closed numbers stand on now."""
    return [closing.folder / f"readings-{currency}.parquet" for _, currency, closing in standing(folders)]


def closings_digest(folders: Folders) -> str:
    """A hash of what is closed: a closing, or opening again, may make another result from the same data."""
    names = (f"{month}|{currency}|{closing.folder.name}" for month, currency, closing in standing(folders))
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]


def reopen(folders: Folders, month: str, currency: str | None, note: dict[str, str]) -> list[str]:
    """Opens a month again, in one currency or all; the closings stay on record. The currencies opened.

    Errors:  UsageError when nothing of it is closed.
    """
    opened = []
    for closing in closings(folders, require_month(month)):
        for code in closing.standing:
            if currency in (None, code):
                content = json.dumps({"month": month, "currency": code, **note}, indent=1)
                write_atomically(closing.folder / f"reopened-{code}.json", content.encode())
                opened.append(code)
    if not opened:
        raise UsageError(f"{month}{f' in {currency}' if currency else ''} is not closed; there is nothing to reopen")
    return sorted(opened)


def _json(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise LandingDamaged(f"{path} is not readable JSON ({error}); restore it from a copy") from error
    return found
