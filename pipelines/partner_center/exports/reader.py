"""Reads one partition as an export into the landing: order, wait, fetch, cut into pages.

The address of a running operation is kept in the partition's folder, so that a run that was stopped goes on
waiting for the same export instead of ordering another one.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipelines.errors import ExportFailed, Forbidden, PageContractBroken, PartnerCenterError, WalkRefused
from pipelines.gate import WalkGate
from pipelines.landing import LandedBlob, Landing, Manifest, OpenWalk, Partition, RunningExport
from pipelines.partner_center.blobs import BlobFile
from pipelines.partner_center.exports.api import NO_DATA, ExportApi, order_for
from pipelines.partner_center.exports.lines import cut_pages
from pipelines.partner_center.exports.manifest import Blob, ExportManifest
from pipelines.partner_center.pages import PageRows, read_page
from pipelines.partner_center.retry import TryAgain

if TYPE_CHECKING:
    from pipelines.partner_center.walks import WalkRequest

# Orders of one reading: the first, and another one when it fails or its files cannot be opened any more.
MAX_ORDERS = 3
# Files can be opened for some hours, and what was exported long ago is not what is asked for now.
RESUME_WITHIN_SECONDS = 6 * 3600
_GONE = (404, 410)
# A page in the making takes some 70 MB; files are fetched by more threads than read them.
READ_AT_ONCE = 3


class ExportReader:
    """Reads partitions as exports.

    Shape:   `read_at` is the moment that all readings of this run carry; `page_read` is told partition and rows.
    """

    def __init__(self, api: ExportApi, landing: Landing, read_at: str, page_read: Callable[[str, int], None]) -> None:
        self.api, self.landing, self.read_at, self.page_read = api, landing, read_at, page_read
        self.turn_to_read = threading.BoundedSemaphore(READ_AT_ONCE)

    def read(self, request: WalkRequest, before: Partition) -> tuple[OpenWalk, Manifest] | str:
        """A complete walk that is not in place yet, or the eTag that the data still has.

        Errors:  ExportFailed, Unavailable and the others of `ExportApi.wait`; Forbidden when the files cannot
                 be opened even after another order; PageContractBroken and WalkRefused for what is in them.
        """
        return _Reading(self, request, before).run()


class _StartAgain(Exception):
    """The files of this export cannot be opened any more; another one has to be ordered."""

    def __init__(self, why: Forbidden) -> None:
        super().__init__(str(why))
        self.why = why


class _Reading:
    """All orders of one partition."""

    def __init__(self, reader: ExportReader, request: WalkRequest, before: Partition) -> None:
        self.api, self.landing, self.reader = reader.api, reader.landing, reader
        self.request, self.before = request, before
        self.orders = 0
        self.operation = self._kept_operation()
        self.is_resumed = bool(self.operation)

    def run(self) -> tuple[OpenWalk, Manifest] | str:
        while True:
            if not self.operation:
                self._order()
            try:
                found = self.api.wait(self.operation)
            except ExportFailed as failed:
                self._forget()
                if failed.code == NO_DATA:
                    return self._nothing(failed)
                if self.orders >= MAX_ORDERS:
                    raise
                continue
            except PartnerCenterError as error:
                if error.status not in _GONE or not self.is_resumed:
                    raise
                # What an earlier run ordered is not known any more.
                self._forget()
                continue
            current = self.before.current
            is_landed = current is not None and current.source_api == "graph"
            if is_landed and found.etag and found.etag == self.before.etag:
                self._forget()
                return found.etag
            try:
                landed = self._land(found)
            except _StartAgain as again:
                self._forget()
                if self.orders >= MAX_ORDERS:
                    raise again.why from None
                continue
            self._forget()
            return landed

    def _order(self) -> None:
        self.orders += 1
        self.is_resumed = False
        self.operation = self.api.order(order_for(self.request.endpoint.name, self.request.partition))
        note = RunningExport(self.operation, self.request.asked_for, self._now().isoformat())
        self.landing.note_export(self.request.endpoint.name, self.request.partition, note)

    def _kept_operation(self) -> str:
        note = self.landing.running_export(self.request.endpoint.name, self.request.partition)
        if note is None or note.asked_for != self.request.asked_for:
            return ""
        age = (self._now() - datetime.fromisoformat(note.ordered_at)).total_seconds()
        return note.operation if 0 <= age <= RESUME_WITHIN_SECONDS else ""

    def _forget(self) -> None:
        self.operation, self.is_resumed = "", False
        self.landing.forget_export(self.request.endpoint.name, self.request.partition)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self.api.now(), UTC)

    def _nothing(self, failed: ExportFailed) -> tuple[OpenWalk, Manifest]:
        """No data: the truth about charges to come, and an error for an invoice that offers lines."""
        if not order_for(self.request.endpoint.name, self.request.partition).empty_is_fine:
            raise ExportFailed(
                f"{failed} The document offers these lines, so there should be some.", status=200, code=failed.code
            )
        walk = self.landing.open_walk(self.request.endpoint.name, self.request.partition)
        gate = WalkGate(self.request.partition_id)
        digest = hashlib.sha256(b"graph")
        return walk, self._manifest(walk, gate, digest.hexdigest(), {}, ["no data available"], [], "")

    def _land(self, found: ExportManifest) -> tuple[OpenWalk, Manifest]:
        walk = self.landing.open_walk(self.request.endpoint.name, self.request.partition)
        try:
            return walk, self._landed(walk, found)
        except BaseException:
            walk.discard()
            raise

    def _landed(self, walk: OpenWalk, found: ExportManifest) -> Manifest:
        gate = WalkGate(self.request.partition_id)
        # The content of another API is never the same, though it may say the same.
        digest = hashlib.sha256(b"graph")
        unknown: dict[str, str] = {}
        blobs: list[LandedBlob] = []
        files = _Files(self, found)
        for blob in found.blobs:
            file = files.fetch(blob, walk)
            first = len(walk.pages)
            with self.reader.turn_to_read:
                for body in _pages_of(file, self.request.partition_id):
                    self._add_page(walk, gate, body, blob, unknown)
                    digest.update(body)
            file.path.unlink()
            rows = sum(page.item_count for page in walk.pages[first:])
            if blob.item_count not in (None, rows):
                raise WalkRefused(
                    f"{self.request.partition_id}: {blob.name} has {rows} rows, its manifest says {blob.item_count}"
                )
            blobs.append(LandedBlob(blob.name, file.sha256, file.compressed_bytes, len(walk.pages) - first))
        notes = [f"exported to {found.root}", *self._compared_with_v1(gate.item_count)]
        if len({blob.sha256 for blob in blobs}) != len(blobs):
            notes.append("two files of the export are equal; both count")
        return self._manifest(walk, gate, digest.hexdigest(), unknown, notes, blobs, found.etag)

    def _add_page(self, walk: OpenWalk, gate: WalkGate, body: bytes, blob: Blob, unknown: dict[str, str]) -> None:
        page, number = self._read(body, blob), len(walk.pages) + 1
        tables = {
            table.name: (page.tables[table.name], table.currency, table.money)
            for table in self.request.endpoint.tables
        }
        # Pages are cut here, so an equal one is no page sent twice: its rows are rows.
        gate.take(number, page.item_count, None, f"page {number}", tables)
        walk.add_page(body, item_count=page.item_count, announced=None, repeats_page=None, request_id=None)
        for name, kind in page.unknown_fields.items():
            if unknown.get(name, "null") == "null":
                unknown[name] = kind
        self.reader.page_read(self.request.partition_id, page.item_count)

    def _compared_with_v1(self, rows: int) -> list[str]:
        """A word about the lines that v1 gave of the same partition, where they are fewer or more now."""
        current = self.before.current
        if current is None or current.source_api == "graph" or current.item_count == rows:
            return []
        if rows == 0:
            raise WalkRefused(
                f"{self.request.partition_id}: the export is finished and empty, v1 gave {current.item_count} rows; "
                "those stay"
            )
        return [f"v1 gave {current.item_count} rows of this, the export gives {rows}"]

    def _read(self, body: bytes, blob: Blob) -> PageRows:
        problem = ""
        try:
            return read_page(body, self.request.endpoint, "jsonl")
        except ValueError as error:
            problem = str(error)
        # The file came over whole: asking again cannot mend it.
        raise PageContractBroken(f"{self.request.partition_id}, {blob.name}: {problem}")

    def _manifest(
        self,
        walk: OpenWalk,
        gate: WalkGate,
        content_hash: str,
        unknown: dict[str, str],
        notes: list[str],
        blobs: list[LandedBlob],
        etag: str,
    ) -> Manifest:
        sequence = self.before.current.sequence + 1 if self.before.current else 1
        return Manifest(
            endpoint=self.request.endpoint.name,
            partition=dict(self.request.partition),
            partition_id=self.request.partition_id,
            walk_id=f"{sequence:06d}-{content_hash[:12]}",
            sequence=sequence,
            read_at=self.reader.read_at,
            source_api="graph",
            content_hash=content_hash,
            item_count=gate.item_count,
            totals=gate.verdict(),
            pages=walk.pages,
            correlation_id=self.api.client.correlation_id,
            unknown_fields=unknown,
            notes=notes,
            asked_for=self.request.asked_for,
            body="jsonl",
            etag=etag,
            blobs=blobs,
        )


class _Files:
    """The files of one export; a key that ran out is renewed once."""

    def __init__(self, reading: _Reading, found: ExportManifest) -> None:
        self.reading, self.found, self.is_renewed = reading, found, False

    def fetch(self, blob: Blob, walk: OpenWalk) -> BlobFile:
        refused: Forbidden | None = None
        while True:
            try:
                return self.reading.api.blobs.fetch(
                    self.found.address(blob), self.found.key, walk.scratch("blob.json.gz")
                )
            except Forbidden as error:
                refused = error
            if self.is_renewed:
                raise _StartAgain(refused)
            self._renew(refused)

    def _renew(self, refused: Forbidden) -> None:
        """The same files under a new key; or, when they are not the same any more, another export."""
        self.is_renewed = True
        fresh = self.reading.api.wait(self.reading.operation)
        if (fresh.etag, fresh.blobs) != (self.found.etag, self.found.blobs):
            raise _StartAgain(refused)
        self.found = fresh


def _pages_of(file: BlobFile, partition_id: str) -> Iterator[bytes]:
    problem = ""
    try:
        yield from cut_pages(file.inflated())
    except TryAgain as error:
        problem = error.problem
    if problem:
        raise WalkRefused(f"{partition_id}: a file that came over whole cannot be read any more ({problem})")
