"""What happened to a partition, one line each time: read, found unchanged, failed, no longer asked for.

The notes beside a partition's walks say how it stands now, and the next reading replaces them. These lines stay, so
that it can be told how a partition stood at an earlier moment.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

NOTES = "notes.jsonl"
Event = Literal["read", "checked", "failed", "forgotten"]


@dataclass(frozen=True)
class KnownThen:
    """How a partition stood at a moment: its last check and its last failure, where they still held."""

    checked: Mapping[str, Any] | None = None
    failure: Mapping[str, Any] | None = None


def add_note(folder: Path, event: Event, at: str, about: Mapping[str, object]) -> None:
    """Appends one line. It is not flushed to the disk: what counts now does not hang on it."""
    line = json.dumps({"event": event, "at": at, **about}, ensure_ascii=False)
    handle = os.open(folder / NOTES, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, f"{line}\n".encode())
    finally:
        os.close(handle)


def known_then(folder: Path, moment: datetime, last_read_at: str | None) -> KnownThen | None:
    """How the partition stood at the moment; None when no line was written by then.

    Shape:   `last_read_at` is when its newest walk was read that was there by then: it ends what was before.
    """
    checked: Mapping[str, Any] | None = None
    failure: Mapping[str, Any] | None = None
    knows_nothing = True
    for note in _notes(folder):
        if moment_of(note["at"]) > moment:
            continue
        knows_nothing = False
        if note["event"] == "failed":
            failure = note
        elif note["event"] == "forgotten":
            failure = None
        else:
            checked, failure = (note if note["event"] == "checked" else None), None
    if knows_nothing:
        return None
    # Killed between the walk and its line: the walk speaks for itself.
    if last_read_at is not None:
        checked, failure = (
            note if note is not None and moment_of(note["at"]) >= moment_of(last_read_at) else None
            for note in (checked, failure)
        )
    return KnownThen(checked, failure)


def moment_of(text: str) -> datetime:
    """A moment as the landing writes it; without a zone it is UTC."""
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _notes(folder: Path) -> Iterator[Mapping[str, Any]]:
    try:
        lines = (folder / NOTES).read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return
    for line in lines:
        try:
            note = json.loads(line)
        except ValueError:
            # Cut off by a power failure.
            continue
        yield note
