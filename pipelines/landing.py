"""The landing: every page as the API sent it, and a manifest that makes a walk count.

    landing/<endpoint>/<partition values>/<walk id>/page-00001.json.zst, manifest.json
    landing/<endpoint>/<partition values>/checked.json    when the content was last seen to be the same
    landing/<endpoint>/<partition values>/failure.json    the newest attempt, if it failed
    landing/<endpoint>/<partition values>/export.json     an export that was ordered and is not fetched yet
    landing/<endpoint>/<partition values>/notes.jsonl     a line each time it was read, checked or failed

A walk is written aside and moved into place whole, so a folder with a manifest is a complete walk and
anything else does not exist. Nothing here is ever deleted by a command.
"""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

import pyarrow as pa

from pipelines.errors import LandingDamaged
from pipelines.files import sha256_of, sync_folder, write_atomically
from pipelines.gate import Totals
from pipelines.landing_notes import NOTES, add_note, known_then, moment_of

FORMAT = 1
_INCOMING = ".incoming"
_EXPORT_NOTE = "export.json"
_LONGEST_NAME = 200


@dataclass(frozen=True)
class LandedPage:
    """One page file of a walk."""

    file: str
    sha256: str
    body_bytes: int
    item_count: int
    announced: int | None
    repeats_page: int | None
    request_id: str | None


@dataclass(frozen=True)
class LandedBlob:
    """One file of an export that the pages of a walk were cut from; the hash is of its compressed bytes."""

    name: str
    sha256: str
    compressed_bytes: int
    page_count: int


@dataclass(frozen=True)
class Manifest:
    """What a complete walk holds. Money is exact text.

    Shape:   `body` is what the pages are (`json`, `csv`, `jsonl`); `etag` and `blobs` are an export's.
    """

    endpoint: str
    partition: dict[str, str]
    partition_id: str
    walk_id: str
    sequence: int
    read_at: str
    source_api: str
    content_hash: str
    item_count: int
    totals: Totals
    pages: list[LandedPage]
    correlation_id: str
    unknown_fields: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    asked_for: str = ""
    body: Literal["json", "csv", "jsonl"] = "json"
    etag: str = ""
    blobs: list[LandedBlob] = field(default_factory=list)
    format: int = FORMAT


@dataclass(frozen=True)
class RunningExport:
    """An export that was ordered: the path of its operation, what it was ordered for, and when."""

    operation: str
    asked_for: str
    ordered_at: str


@dataclass(frozen=True)
class Failure:
    """Why the newest attempt at a partition gave nothing."""

    read_at: str
    reason: str
    status: int | None = None
    code: str | None = None


@dataclass(frozen=True)
class Partition:
    """A partition of the landing: its complete walks (oldest first), last check and last failure.

    Shape:   `asked_for` is what the newest reading was asked for, e.g. the state of an invoice's header; `etag`
             is the newest that an export of the current content had.
    """

    endpoint: str
    values: dict[str, str]
    partition_id: str
    walks: tuple[Manifest, ...] = ()
    checked_at: str | None = None
    asked_for: str = ""
    failure: Failure | None = None
    etag: str = ""

    @property
    def current(self) -> Manifest | None:
        """The walk that counts: the newest complete one."""
        return self.walks[-1] if self.walks else None

    @property
    def status(self) -> str:
        """`complete`, `stale` (an older walk counts, the newest attempt failed) or `missing`."""
        if not self.walks:
            return "missing"
        return "stale" if self.failure else "complete"


class Landing:
    """Reads and writes the landing folder.

    Shape:   with `known_at` it shows only what had been read by that moment, as it stood then.
    """

    def __init__(self, folder: Path, known_at: datetime | None = None) -> None:
        self.folder = folder
        self._known_at = known_at

    def open_walk(self, endpoint: str, partition: Mapping[str, str]) -> OpenWalk:
        """A walk to write pages into; it exists for readers only after `complete`."""
        incoming = self.folder / _INCOMING / uuid.uuid4().hex
        incoming.mkdir(parents=True)
        return OpenWalk(incoming, self.partition_folder(endpoint, partition))

    def partition_folder(self, endpoint: str, partition: Mapping[str, str]) -> Path:
        """Where a partition lives. Values are quoted, so an id can never leave its folder."""
        return self.folder.joinpath(endpoint, *(_safe_name(value) for value in partition.values()))

    def partition(self, endpoint: str, partition: Mapping[str, str], partition_id: str) -> Partition:
        """What is landed of one partition."""
        found = self._partition_at(self.partition_folder(endpoint, partition))
        return found or Partition(endpoint, dict(partition), partition_id)

    def partitions(self) -> list[Partition]:
        """All partitions, by name: those with a complete walk and those that only ever failed."""
        folders = set()
        for folder, subfolders, files in os.walk(self.folder):
            if _INCOMING in subfolders:
                subfolders.remove(_INCOMING)
            if "manifest.json" in files:
                folders.add(os.path.dirname(folder))
            if "failure.json" in files or (self._known_at and NOTES in files):
                folders.add(folder)
        found = (self._partition_at(Path(folder)) for folder in folders)
        return sorted((one for one in found if one), key=lambda partition: partition.partition_id)

    def _partition_at(self, folder: Path) -> Partition | None:
        # One look at the folder instead of one at each possible file: there can be ten thousands of folders.
        try:
            names = os.listdir(folder)
        except (FileNotFoundError, NotADirectoryError):
            return None
        notes = {"checked.json", "failure.json", _EXPORT_NOTE, NOTES}
        found = (_read_manifest(folder / name / "manifest.json") for name in names if name not in notes)
        walks = sorted((walk for walk in found if walk), key=lambda walk: walk.sequence)
        checked = _read_json(folder / "checked.json") if "checked.json" in names else None
        failure = _read_json(folder / "failure.json") if "failure.json" in names else None
        if self._known_at is not None:
            walks = [walk for walk in walks if moment_of(walk.read_at) <= self._known_at]
            checked, failure = self._notes_then(folder, walks, checked, failure)
        if not walks and failure is None:
            return None
        try:
            if walks:
                endpoint, values, name = walks[-1].endpoint, walks[-1].partition, walks[-1].partition_id
            else:
                assert failure is not None
                endpoint, values, name = failure["endpoint"], failure["partition"], failure["partition_id"]
            about = ("read_at", "reason", "status", "code")
            failed = Failure(**{key: failure[key] for key in about}) if failure else None
            asked_for = checked["asked_for"] if checked else (walks[-1].asked_for if walks else "")
            checked_at = checked["checked_at"] if checked else None
        except KeyError as error:
            raise LandingDamaged(f"a note in {folder} lacks {error}; restore it from a copy") from None
        etag = (checked or {}).get("etag") or (walks[-1].etag if walks else "")
        return Partition(endpoint, values, name, tuple(walks), checked_at, asked_for, failed, etag)

    def _notes_then(
        self,
        folder: Path,
        walks: Sequence[Manifest],
        checked: dict[str, Any] | None,
        failure: dict[str, Any] | None,
    ) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
        """The last check and the last failure as they stood at the moment that is asked about."""
        assert self._known_at is not None
        then = known_then(folder, self._known_at, walks[-1].read_at if walks else None)
        if then is None:
            # Read before such lines were written: what stands now is all that is known.
            if checked is not None and (not walks or moment_of(checked["checked_at"]) > self._known_at):
                checked = None
            if failure is not None and moment_of(failure["read_at"]) > self._known_at:
                failure = None
            return checked, failure
        return (
            {"checked_at": then.checked["at"], **then.checked} if then.checked else None,
            {"read_at": then.failure["at"], **then.failure} if then.failure else None,
        )

    def mark_checked(
        self, endpoint: str, partition: Mapping[str, str], read_at: str, asked_for: str, etag: str = ""
    ) -> None:
        """The content was read again and is the same: no new walk, and an earlier failure is over."""
        folder = self.partition_folder(endpoint, partition)
        note = {"checked_at": read_at, "asked_for": asked_for} | ({"etag": etag} if etag else {})
        write_atomically(folder / "checked.json", json.dumps(note).encode())
        (folder / "failure.json").unlink(missing_ok=True)
        add_note(folder, "checked", read_at, {"asked_for": asked_for, "etag": etag})

    def mark_failed(self, endpoint: str, partition: Mapping[str, str], partition_id: str, failure: Failure) -> None:
        """The newest attempt gave nothing; the last complete walk, if any, stays the current one."""
        folder = self.partition_folder(endpoint, partition)
        folder.mkdir(parents=True, exist_ok=True)
        about = {"endpoint": endpoint, "partition": dict(partition), "partition_id": partition_id}
        write_atomically(folder / "failure.json", json.dumps(about | asdict(failure)).encode())
        add_note(folder, "failed", failure.read_at, about | asdict(failure))

    def forget_failures(self, endpoint: str, asked: Collection[str], at: str) -> None:
        """Failures of an endpoint's partitions other than those asked for now: nothing can make them good."""
        for note in (self.folder / endpoint).rglob("failure.json"):
            failure = _read_json(note)
            if failure is not None and failure.get("partition_id") not in asked:
                note.unlink(missing_ok=True)
                add_note(note.parent, "forgotten", at, {})

    def note_export(self, endpoint: str, partition: Mapping[str, str], export: RunningExport) -> None:
        """Keeps the address of an export, so that a later run can go on waiting for it."""
        folder = self.partition_folder(endpoint, partition)
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(folder / _EXPORT_NOTE, json.dumps(asdict(export)).encode())

    def running_export(self, endpoint: str, partition: Mapping[str, str]) -> RunningExport | None:
        """The export that was ordered for a partition and not fetched; a note that cannot be read is none."""
        try:
            found = _read_json(self.partition_folder(endpoint, partition) / _EXPORT_NOTE)
            return None if found is None else RunningExport(**found)
        except (LandingDamaged, TypeError):
            return None

    def forget_export(self, endpoint: str, partition: Mapping[str, str]) -> None:
        """The export was fetched, or is of no use."""
        (self.partition_folder(endpoint, partition) / _EXPORT_NOTE).unlink(missing_ok=True)

    def page_bytes(self, manifest: Manifest, page: LandedPage) -> bytes:
        """The body of one page, exactly as it was received.

        Errors:  LandingDamaged when the file is missing or is not what the manifest says.
        """
        folder = self.partition_folder(manifest.endpoint, manifest.partition) / manifest.walk_id
        try:
            with pa.input_stream(str(folder / page.file), compression="zstd") as stream:
                body: bytes = stream.read()
        except (OSError, pa.ArrowException) as error:
            raise LandingDamaged(f"{folder / page.file} cannot be read ({error}); restore it from a copy") from error
        if sha256_of(body) != page.sha256:
            raise LandingDamaged(f"{folder / page.file} differs from its manifest; restore it from a copy")
        return body

    def sweep_unfinished(self) -> None:
        """Removes walks that a killed run left unfinished. Call only while holding the lock."""
        shutil.rmtree(self.folder / _INCOMING, ignore_errors=True)


class OpenWalk:
    """A walk being written."""

    def __init__(self, incoming: Path, target: Path) -> None:
        self._incoming = incoming
        self._target = target
        self.pages: list[LandedPage] = []

    def add_page(
        self, body: bytes, *, item_count: int, announced: int | None, repeats_page: int | None, request_id: str | None
    ) -> None:
        """Keeps the bytes of the next page."""
        file = f"page-{len(self.pages) + 1:05d}.json.zst"
        write_atomically(self._incoming / file, bytes(pa.compress(body, codec="zstd", asbytes=True)))
        self.pages.append(
            LandedPage(file, sha256_of(body), len(body), item_count, announced, repeats_page, request_id)
        )

    def scratch(self, name: str) -> Path:
        """A place for a file that is needed only while the walk is written; remove it before `complete`."""
        return self._incoming / name

    def complete(self, manifest: Manifest) -> None:
        """Writes the manifest last and moves the walk into place."""
        write_atomically(self._incoming / "manifest.json", json.dumps(asdict(manifest), indent=1).encode())
        sync_folder(self._incoming)
        self._target.mkdir(parents=True, exist_ok=True)
        place = self._target / manifest.walk_id
        if place.exists():
            # A walk that lost its manifest does not count, but what it holds is not thrown away either.
            place.rename(place.with_name(f"{place.name}.no-manifest-{uuid.uuid4().hex[:8]}"))
        self._incoming.rename(place)
        sync_folder(self._target)
        # A complete reading ends an earlier failure and an earlier check.
        for name in ("failure.json", "checked.json"):
            (self._target / name).unlink(missing_ok=True)
        add_note(self._target, "read", manifest.read_at, {"walk_id": manifest.walk_id})

    def discard(self) -> None:
        """Forgets the walk; whatever was landed before stays."""
        shutil.rmtree(self._incoming, ignore_errors=True)


def _read_json(path: Path) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(path.read_text())
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise LandingDamaged(f"{path} is not readable JSON; restore it from a copy") from error
    if not isinstance(found, dict):
        raise LandingDamaged(f"{path} is not a JSON object; restore it from a copy")
    return found


def _read_manifest(path: Path) -> Manifest | None:
    found = _read_json(path)
    if found is None:
        return None
    if found.get("format") != FORMAT:
        raise LandingDamaged(f"{path} is of another format; use the version that wrote it")
    if path.parent.name != found.get("walk_id"):
        raise LandingDamaged(f"{path} belongs to walk {found.get('walk_id')}; restore the folder from a copy")
    try:
        lists = {
            "pages": [LandedPage(**page) for page in found["pages"]],
            "blobs": [LandedBlob(**blob) for blob in found.get("blobs", ())],
        }
        return Manifest(**{**found, **lists})
    except (KeyError, TypeError):
        raise LandingDamaged(f"{path} lacks parts of a manifest; restore it from a copy") from None


def _safe_name(value: str) -> str:
    """An id as the name of a folder: never empty, never a path, never too long for a file system."""
    name = quote(value, safe="").replace(".", "%2E") or "%00"
    return name if len(name) <= _LONGEST_NAME else f"{name[:100]}%{sha256_of(value.encode())}"
