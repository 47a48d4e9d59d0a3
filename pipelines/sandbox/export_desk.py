"""What became of every ordered export: how often it was asked for, its files, and the keys that open them."""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote
from zlib import crc32


@dataclass(frozen=True)
class Export:
    """One ordered export; `invoice_id` for billed rows, else period and currency."""

    id: str
    subject: str
    invoice_id: str
    period: str
    currency: str
    fails: bool

    @property
    def variant(self) -> int:
        """Picks harmless differences between exports: words, places, spellings."""
        return crc32("/".join((self.subject, self.invoice_id, self.period, self.currency)).encode())

    def patience(self, quirks: bool) -> int:
        """How often it says that it still runs."""
        return 1 + self.variant % 3 if quirks else 1


@dataclass(frozen=True)
class Files:
    """A finished export: its tag, and its files by name."""

    etag: str
    blobs: dict[str, bytes] = field(repr=False)


class ExportDesk:
    """Keeps exports. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._exports: dict[str, Export] = {}
        self._polls: dict[str, int] = {}
        self._keys: dict[str, set[str]] = {}
        self._files: dict[tuple[str, str, bool], Files] = {}

    def order(self, subject: str, invoice_id: str, period: str, currency: str, *, fails: bool) -> Export:
        """A new export."""
        with self._lock:
            number = len(self._exports) + 1
            name = hashlib.sha256(f"{subject}/{invoice_id}/{period}/{currency}/{number}".encode()).hexdigest()
            export_id = f"{name[:8]}-{name[8:12]}-4{name[12:15]}-8{name[15:18]}-{name[18:30]}"
            export = Export(export_id, subject, invoice_id, period, currency, fails)
            self._exports[export_id] = export
            return export

    def known(self, name: str) -> Export | None:
        """The export of that id."""
        with self._lock:
            return self._exports.get(name)

    def lose(self, name: str) -> None:
        """Forgets an export, as the real one does after some time."""
        with self._lock:
            self._exports.pop(name, None)

    def poll(self, export: Export) -> int:
        """How often it had been asked for before this time."""
        with self._lock:
            turn = self._polls.get(export.id, 0)
            self._polls[export.id] = turn + 1
            return turn

    def key(self, export: Export) -> str:
        """A new key to the files of an export, as the query that opens them."""
        with self._lock:
            issued = self._keys.setdefault(export.id, set())
            signature = f"{hashlib.sha256(f'{export.id}/{len(issued)}'.encode()).hexdigest()[:32]}+/="
            issued.add(signature)
        about = "skoid=a1b2c3d4-e5f6-4a5b-8c7d-9e0f1a2b3c4d&sktid=b2c3d4e5-f6a7-4b5c-8d7e-0f1a2b3c4d5e"
        times = "skt=2026-10-14T00%3A37%3A17Z&ske=2026-10-15T00%3A37%3A17Z&sks=b&skv=2021-08-06&sv=2021-08-06"
        return f"{about}&{times}&se=2026-10-14T12%3A37%3A17Z&sr=d&sp=rl&sdd=7&sig={quote(signature, safe='')}"

    def opens(self, export: Export, signature: str) -> bool:
        """Whether a key was issued for this export."""
        with self._lock:
            return signature in self._keys.get(export.id, set())

    def files(self, export: Export, rows: Callable[[], Sequence[str]], *, is_restated: bool) -> Files:
        """The files of an export: of a document made once, and again when it changed; of open charges every time."""
        place = (export.subject, export.invoice_id or export.id, is_restated)
        with self._lock:
            if place not in self._files:
                self._files[place] = _files(export, rows())
            return self._files[place]


def pieces_of(content: bytes) -> bytes:
    """Packed the same way each time, so that equal content is equal bytes."""
    return gzip.compress(content, compresslevel=6, mtime=0)


def _files(export: Export, rows: Sequence[str]) -> Files:
    etag = hashlib.sha256("\n".join(rows).encode()).hexdigest()[:17]
    count = min(len(rows), 1 + export.variant % 3)
    blobs: dict[str, bytes] = {}
    for number in range(count):
        part = rows[len(rows) * number // count : len(rows) * (number + 1) // count]
        # Some files end with a line end, some without.
        content = "\n".join(part) + ("\n" if number % 2 == 0 else "")
        blobs[f"part-{number:05d}-{etag}.c000.json.gz"] = pieces_of(content.encode())
    # An empty file: among others now and then, and alone where a document has no lines.
    if (count and export.variant % 5 == 0) or (export.invoice_id and not count):
        blobs[f"part-{count:05d}-{etag}.c000.json.gz"] = pieces_of(b"")
    return Files(etag, blobs)
