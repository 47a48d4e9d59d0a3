"""Downloads the documents that are not there yet, one invoice after the other on a few threads.

What cannot be had is named and the others go on; nothing of it is written down as a failure, since the next call
looks for the same files again.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from urllib.parse import quote

from pipelines.errors import (
    ListNotRead,
    NotAuthorized,
    OriginRefused,
    PartnerCenterError,
    RetryableError,
    SettingsError,
    UsageError,
)
from pipelines.files import sha256_of
from pipelines.landing import Landing
from pipelines.load import LoadObserver, read_concurrently
from pipelines.partner_center.answers import Answer
from pipelines.partner_center.endpoints import INVOICES, INVOICES_BY_ID
from pipelines.partner_center.endpoints.invoice_statements import INVOICE_STATEMENTS
from pipelines.partner_center.source import LandedWalk, landed_rows
from pipelines.partner_center.walks import WalkClient, WalkOutcome, WalkReader, WalkRequest
from pipelines.plans.documents import documents_of
from pipelines.statements.kept import KeptFile, file_name, keep, kept_files, land
from pipelines.statements.pdf_files import check_pdf, read_pdf, read_receipt

RECEIPT_PATH = "/v1/invoices/{invoice_id}/receipts/{receipt_id}/documents/statement"


@dataclass(frozen=True)
class Wanted:
    """An invoice whose documents are looked for.

    Shape:   `receipt_ids` are those that the document names; `header_hash` tells when it changed.
    """

    invoice_id: str
    invoice_date: str
    header_hash: str
    header_total: Decimal | None
    receipt_ids: tuple[str, ...]

    @property
    def documents(self) -> tuple[str, ...]:
        """Receipt ids, "" for the statement itself."""
        return ("", *self.receipt_ids)


@dataclass(frozen=True)
class Fetched:
    """What came of one document: a file that is new or was there, or why there is none."""

    invoice_id: str
    receipt_id: str
    result: str
    file: KeptFile | None = None
    reason: str | None = None
    is_outage: bool = False

    @property
    def name(self) -> str:
        """How the document is called in messages."""
        return f"{self.invoice_id} receipt {self.receipt_id}" if self.receipt_id else self.invoice_id


@dataclass
class StatementReader:
    """Fetches the documents of invoices with one client.

    Shape:   `read_at` is the moment that all of this call carry; `fetched` collects every document.
    """

    client: WalkClient
    landing: Landing
    folder: Path
    read_at: str
    fetched: list[Fetched] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def read(self, wanted: Wanted) -> WalkOutcome:
        """All documents of one invoice; what is there already is not asked for again.

        Errors:  NotAuthorized and OriginRefused end the call: no other document would come either.
        """
        before = kept_files(self.landing, wanted.invoice_id)
        after = dict(before)
        done = []
        for receipt_id in wanted.documents:
            found = self._one(wanted, receipt_id, before.get(receipt_id))
            done.append(found)
            if found.file is not None:
                after[receipt_id] = found.file
        if after != before:
            files = [after[name] for name in sorted(after)]
            land(self.landing, files, self.read_at, self.client.correlation_id)
        with self._lock:
            self.fetched += done
        return _outcome(wanted, done)

    def _one(self, wanted: Wanted, receipt_id: str, known: KeptFile | None) -> Fetched:
        about = (wanted.invoice_id, receipt_id)
        if known is not None and known.header_hash == wanted.header_hash and self._is_there(known):
            return Fetched(*about, "same", known)
        try:
            # Before anything is asked for: an id that cannot be a name is not sent anywhere.
            file_name(*about, 1)
            body = self._ask(wanted.invoice_id, receipt_id).body
        except (NotAuthorized, OriginRefused):
            raise
        except PartnerCenterError as error:
            return Fetched(*about, "failed", reason=str(error), is_outage=isinstance(error, RetryableError))
        name, version = keep(self.folder, body, *about, known.version if known else 0)
        file = KeptFile(
            invoice_id=wanted.invoice_id,
            receipt_id=receipt_id,
            version=version,
            file=name,
            sha256=sha256_of(body),
            body_bytes=len(body),
            page_count=None,
            printed_total=None,
            currency=None,
            printed_text=None,
            label=None,
            not_read_reason=None,
            header_hash=wanted.header_hash,
            header_total=wanted.header_total,
            downloaded_at=self.read_at,
        )
        return Fetched(*about, "new", file.with_reading(read_pdf(body) if not receipt_id else read_receipt(body)))

    def _is_there(self, known: KeptFile) -> bool:
        try:
            return (self.folder / known.file).stat().st_size == known.body_bytes
        except OSError:
            return False

    def _ask(self, invoice_id: str, receipt_id: str) -> Answer:
        path = RECEIPT_PATH if receipt_id else INVOICE_STATEMENTS.path
        names = {"invoice_id": quote(invoice_id, safe=""), "receipt_id": quote(receipt_id, safe="")}
        return self.client.get(path.format(**names), check_body=check_pdf)


def download(
    client: WalkClient,
    landing: Landing,
    folder: Path,
    now: datetime,
    observer: LoadObserver,
    invoices: Sequence[str] = (),
) -> list[Fetched]:
    """Fetches what is not there yet: the documents of the named invoices, or of all, newest first.

    The list of invoices is read first, so that new and changed documents are seen.

    Errors:  SettingsError without a signed-in user; UsageError for an invoice that the list does not show;
             ListNotRead; NotAuthorized and OriginRefused, and Unavailable when nothing answers any more.
    """
    if client.sign_in_mode == "app_only":
        raise SettingsError(
            "statements need an app+user sign-in, and this one is app-only; "
            "set SOURCES__PARTNER_CENTER__REFRESH_TOKEN"
        )
    observer.phase("documents", 1)
    outcome = WalkReader(client, landing, now.isoformat(), observer).read(WalkRequest(INVOICES))
    observer.partition_done(outcome)
    if outcome.result == "failed":
        raise ListNotRead(f"the list `invoices` could not be read: {outcome.reason}. No statement was asked for")
    wanted = wanted_invoices(landing, invoices)
    observer.phase("statements", len(wanted))
    reader = StatementReader(client, landing, folder, now.isoformat())
    read_concurrently(reader, wanted, observer)
    order = {one.invoice_id: number for number, one in enumerate(wanted)}
    return sorted(reader.fetched, key=lambda one: (order[one.invoice_id], one.receipt_id))


def wanted_invoices(landing: Landing, invoices: Sequence[str] = ()) -> list[Wanted]:
    """The named invoices, or all of the last list, newest first, with the receipts that they name.

    Errors:  UsageError for one that the list does not show.
    """
    totals, receipts = _headers(landing)
    known = {
        one.invoice_id: Wanted(
            one.invoice_id,
            one.invoice_date,
            one.header_hash,
            totals.get(one.invoice_id),
            tuple(sorted(receipts.get(one.invoice_id, ()))),
        )
        for one in documents_of(landing)
    }
    unknown = [name for name in invoices if name not in known]
    if unknown:
        raise UsageError(f"no invoice `{unknown[0]}` in the list of invoices; ids are written as the list shows them")
    chosen = [known[name] for name in dict.fromkeys(invoices)] if invoices else list(known.values())
    return sorted(chosen, key=lambda one: (_moment(one.invoice_date), one.invoice_id), reverse=True)


def _moment(sent: str) -> datetime:
    """A time as sent, for an order only: what cannot be read comes last."""
    try:
        found = datetime.fromisoformat("".join(sent.split()))
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _headers(landing: Landing) -> tuple[dict[str, Decimal], dict[str, set[str]]]:
    """Total and receipts of every document, from the list and from what was read by id."""
    walks = [
        LandedWalk(partition.current, partition.partition_id)
        for partition in landing.partitions()
        if partition.endpoint in (INVOICES.name, INVOICES_BY_ID.name) and partition.current
    ]
    # The list comes last, so that its totals count: it was read just now.
    walks.sort(key=lambda walk: walk.manifest.endpoint == INVOICES.name)
    totals: dict[str, Decimal] = {}
    receipts: dict[str, set[str]] = {}
    for name, rows in landed_rows(landing, walks):
        if name == "invoices":
            for row in rows.to_pylist():
                totals[row["id"]] = row["total_charges"]
                found = json.loads(row["tax_receipts"] or "null") or []
                receipts.setdefault(row["id"], set()).update(str(one["id"]) for one in found if one.get("id"))
    return totals, receipts


def _outcome(wanted: Wanted, done: Sequence[Fetched]) -> WalkOutcome:
    """What came of one invoice, for whoever counts and shows progress."""
    failed = [one for one in done if one.result == "failed"]
    if failed:
        reason = "; ".join(f"{one.name}: {one.reason}" for one in failed)
        is_outage = all(one.is_outage for one in failed)
        return WalkOutcome(_partition(wanted), "failed", reason=reason, is_outage=is_outage)
    new = [one for one in done if one.result == "new"]
    return WalkOutcome(_partition(wanted), "new" if new else "same", len(new))


def _partition(wanted: Wanted) -> str:
    return INVOICE_STATEMENTS.partition_id({"invoice_id": wanted.invoice_id})
