"""Reads one partition of an endpoint, page by page, into the landing.

A walk that fails, or does not pass the gate, leaves what was landed before as it is.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol
from urllib.parse import quote

from pipelines.errors import (
    FatalError,
    Forbidden,
    NotAuthorized,
    NotFound,
    OriginRefused,
    PageContractBroken,
    PartnerCenterError,
    RetryableError,
    TokenRefused,
    WalkRefused,
)
from pipelines.gate import WalkGate
from pipelines.landing import Failure, Landing, Manifest, OpenWalk, Partition
from pipelines.partner_center.answers import Answer
from pipelines.partner_center.contract import Endpoint
from pipelines.partner_center.csv_bodies import check_csv_body, csv_pages, received_as
from pipelines.partner_center.envelope import Envelope, envelope_of
from pipelines.partner_center.exports.api import ExportApi
from pipelines.partner_center.exports.choice import SourceApi
from pipelines.partner_center.exports.reader import ExportReader
from pipelines.partner_center.pages import PageRows, read_page
from pipelines.partner_center.paging import Asks, walk_pages

MAX_RESTARTS = 2
# A file is held whole, as it was received, while its pages are cut.
FILES_AT_ONCE = 2
# A sign-in may see orders and not their prices; then the orders are read without.
NO_PRICE_CODE = "800043"
_AROUND = ("links", "continuationtoken", "totalcount")


class WalkClient(Asks, Protocol):
    """What reading a walk needs of a client."""

    @property
    def sign_in_mode(self) -> str: ...

    @property
    def correlation_id(self) -> str: ...

    def send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        json_body: Any = None,
        request_id: str | None = None,
        headers: Mapping[str, str] | None = None,
        accept: Collection[int] = ...,
        check_body: Callable[[bytes], object] | None = None,
    ) -> Answer: ...


class WalkObserver(Protocol):
    """Told as pages arrive, so that long work shows progress."""

    def page_read(self, partition_id: str, items: int) -> None: ...


@dataclass(frozen=True)
class WalkRequest:
    """A partition to read.

    Shape:   `asked_for` is kept with the reading, so that the next run can tell whether to ask again;
             `not_found_is_empty`: a 404 is an answer (there is no such thing), not a failure; `params` are
             asked for beside those of the endpoint; `source_api` is where lines are read from.
    """

    endpoint: Endpoint
    partition: Mapping[str, str] = field(default_factory=dict)
    asked_for: str = ""
    not_found_is_empty: bool = False
    params: Mapping[str, str] = field(default_factory=dict)
    source_api: SourceApi = "v1"

    @property
    def partition_id(self) -> str:
        """The partition's name."""
        return self.endpoint.partition_id(self.partition)


@dataclass(frozen=True)
class WalkOutcome:
    """What came of one request: a new walk, the same content as before, or a failure."""

    partition_id: str
    result: Literal["new", "same", "failed"]
    item_count: int = 0
    reason: str | None = None
    is_outage: bool = False


class WalkReader:
    """Reads partitions from the APIs that serve them into one landing.

    Shape:   `read_at` is the moment that all readings of this run carry; `partner_api` serves the endpoints
             whose host it is, `exports` gives the lines that are asked for as an export.
    """

    def __init__(
        self,
        client: WalkClient,
        landing: Landing,
        read_at: str,
        observer: WalkObserver,
        partner_api: WalkClient | None = None,
        exports: ExportApi | None = None,
    ) -> None:
        self._client = client
        self._partner_api = partner_api
        self._landing = landing
        self._read_at = read_at
        self._observer = observer
        self._exports = ExportReader(exports, landing, read_at, observer.page_read) if exports else None
        self._files = threading.BoundedSemaphore(FILES_AT_ONCE)
        self._silent_host = ""

    def read(self, request: WalkRequest) -> WalkOutcome:
        """One partition; a refusal or an outage of it is recorded, so that the others can go on.

        Errors:  NotAuthorized and OriginRefused end the run: nothing else could be read either.
        """
        if request.endpoint.needs_user and self._client.sign_in_mode == "app_only":
            return self._failed(request, Failure(self._read_at, "needs an app+user sign-in; this one is app-only"))
        if request.endpoint.is_informational and self._silent_host:
            # Its patience is spent once; what proves nothing holds no run up again and again.
            return self._failed(request, Failure(self._read_at, self._silent_host))
        try:
            return self._read_whole(request)
        except (NotAuthorized, OriginRefused) as error:
            if not request.endpoint.is_informational:
                raise
            return self._failed(request, Failure(self._read_at, str(error), error.status, error.code))
        except PartnerCenterError as error:
            failure = Failure(self._read_at, str(error), error.status, error.code)
            is_outage = isinstance(error, RetryableError)
            if request.endpoint.is_informational and is_outage:
                self._silent_host = f"not asked: before, {request.partition_id} got no usable answer"
                is_outage = False
            return replace(self._failed(request, failure), is_outage=is_outage)
        except WalkRefused as error:
            return self._failed(request, Failure(self._read_at, str(error)))

    def _failed(self, request: WalkRequest, failure: Failure) -> WalkOutcome:
        self._landing.mark_failed(request.endpoint.name, request.partition, request.partition_id, failure)
        return WalkOutcome(request.partition_id, "failed", reason=failure.reason)

    def _read_whole(self, request: WalkRequest) -> WalkOutcome:
        before = self._landing.partition(request.endpoint.name, request.partition, request.partition_id)
        found = self._walk(request, before)
        if isinstance(found, str):
            return self._same(request, before.current.item_count if before.current else 0, found)
        walk, manifest = found
        if manifest.item_count == 0 and before.current is not None and before.current.item_count > 0:
            # Everything gone at once is more often a fault than a fact: believed only when said twice.
            walk.discard()
            walk, manifest = self._walk_again(request, before)
            if manifest.item_count == 0:
                manifest = replace(manifest, notes=[*manifest.notes, "empty in two readings, after one with items"])
        if before.current is not None and before.current.content_hash == manifest.content_hash:
            walk.discard()
            return self._same(request, manifest.item_count, manifest.etag)
        walk.complete(manifest)
        return WalkOutcome(request.partition_id, "new", manifest.item_count)

    def _same(self, request: WalkRequest, item_count: int, etag: str) -> WalkOutcome:
        self._landing.mark_checked(request.endpoint.name, request.partition, self._read_at, request.asked_for, etag)
        return WalkOutcome(request.partition_id, "same", item_count)

    def _walk(self, request: WalkRequest, before: Partition) -> tuple[OpenWalk, Manifest] | str:
        """A walk that is not in place yet; or, of an export that is as it was, its eTag."""
        if request.source_api == "v1":
            return self._walk_with_restarts(request, before)
        if self._exports is None:
            raise FatalError(
                f"{request.partition_id} is asked for as an export, and nothing was given to read it with"
            )
        return self._exports.read(request, before)

    def _walk_again(self, request: WalkRequest, before: Partition) -> tuple[OpenWalk, Manifest]:
        found = self._walk(request, replace(before, etag=""))
        assert not isinstance(found, str)  # without an eTag there is nothing to be equal to
        return found

    def _walk_with_restarts(self, request: WalkRequest, before: Partition) -> tuple[OpenWalk, Manifest]:
        params = {**dict(_fill(request.endpoint.params, request.partition)), **request.params}
        for restart in range(MAX_RESTARTS + 1):
            walk = self._landing.open_walk(request.endpoint.name, request.partition)
            try:
                return walk, self._walk_once(request, before, walk, params)
            except TokenRefused:
                walk.discard()
                if restart == MAX_RESTARTS:
                    raise
            except Forbidden as error:
                walk.discard()
                if error.code != NO_PRICE_CODE or params.pop("include_price", None) is None:
                    raise
            except BaseException:
                walk.discard()
                raise
        raise FatalError(f"{request.partition_id}: no complete walk after {MAX_RESTARTS} restarts")

    def _walk_once(self, request: WalkRequest, before: Partition, walk: OpenWalk, params: dict[str, str]) -> Manifest:
        endpoint = request.endpoint
        gate = WalkGate(request.partition_id)
        digest = hashlib.sha256()
        unknown: dict[str, str] = {}
        notes: list[str] = []
        if "include_price" in dict(endpoint.params) and "include_price" not in params:
            notes.append("read without prices: this sign-in may not see them")
        number = 0
        try:
            for number, (answer, page) in enumerate(self._pages(request, params, notes), start=1):
                announced = _envelope(page, endpoint).total_count if endpoint.is_collection else None
                tables = {
                    table.name: (page.tables[table.name], table.currency, table.money) for table in endpoint.tables
                }
                facts = gate.take(number, page.item_count, announced, page.fingerprint(), tables)
                if facts.repeats_page is None:
                    digest.update(facts.fingerprint.encode())
                else:
                    notes.append(f"page {number} repeats page {facts.repeats_page} row for row; counted once")
                if announced is not None and page.item_count > announced:
                    notes.append(f"page {number} announces {announced} items and holds {page.item_count}")
                walk.add_page(
                    answer.body,
                    item_count=page.item_count,
                    announced=announced,
                    repeats_page=facts.repeats_page,
                    request_id=answer.request_id,
                )
                for name, kind in page.unknown_fields.items():
                    if unknown.get(name, "null") == "null":
                        unknown[name] = kind
                self._observer.page_read(request.partition_id, page.item_count)
        except NotFound:
            if not request.not_found_is_empty or number:
                raise
            notes.append("not found")
        totals = gate.verdict()
        sequence = before.current.sequence + 1 if before.current else 1
        content_hash = digest.hexdigest()
        return Manifest(
            endpoint=endpoint.name,
            partition=dict(request.partition),
            partition_id=request.partition_id,
            walk_id=f"{sequence:06d}-{content_hash[:12]}",
            sequence=sequence,
            read_at=self._read_at,
            source_api="v1",
            content_hash=content_hash,
            item_count=gate.item_count,
            totals=totals,
            pages=walk.pages,
            correlation_id=self._client.correlation_id,
            unknown_fields=unknown,
            notes=notes,
            asked_for=request.asked_for,
            body=endpoint.body,
        )

    def _pages(
        self, request: WalkRequest, params: dict[str, str], notes: list[str]
    ) -> Iterator[tuple[Answer, PageRows]]:
        endpoint, client = request.endpoint, self._client_of(request.endpoint)
        path = endpoint.path.format(**{name: quote(value, safe="") for name, value in request.partition.items()})
        read: list[PageRows] = []

        def read_body(body: bytes) -> Envelope:
            page = read_page(body, endpoint)
            read[:] = [page]
            return _envelope(page, endpoint)

        if endpoint.body == "csv":
            with self._files:
                answer = client.get(path, params=params, check_body=check_csv_body)
                notes.append(received_as(answer.body))
                for part in csv_pages(answer.body):
                    yield replace(answer, body=part), _read_csv(part, endpoint)
            return
        if not endpoint.is_collection:
            if endpoint.request is None:
                answer = client.get(path, params=params, check_body=read_body)
            else:
                body = endpoint.request(request.partition)
                answer = client.send("POST", path, params=params, json_body=body, accept=(200,), check_body=read_body)
            yield answer, read[0]
            return
        for page in walk_pages(client, path, params, form=endpoint.form, size=endpoint.size, read=read_body):
            yield page.answer, read[0]

    def _client_of(self, endpoint: Endpoint) -> WalkClient:
        if endpoint.host == "partner_center":
            return self._client
        if self._partner_api is None:
            raise FatalError(f"{endpoint.name} is served by {endpoint.host}, which was not given to read from")
        return self._partner_api


def _read_csv(body: bytes, endpoint: Endpoint) -> PageRows:
    try:
        return read_page(body, endpoint)
    except ValueError as error:
        # The file came over whole: asking again cannot mend it.
        raise PageContractBroken(f"{endpoint.name}: {error}") from error


def _envelope(page: PageRows, endpoint: Endpoint) -> Envelope:
    around = {key: value for key, value in page.envelope.items() if key.casefold() in _AROUND}
    found = replace(envelope_of({**around, "items": []}), items_count=page.item_count)
    main = page.tables[endpoint.tables[0].name]
    if endpoint.form != "offset" or "id" not in main.column_names:
        return found
    # Every document, nested ones included: a page is new when it brings any new id.
    return replace(found, item_ids=tuple(main.column("id").to_pylist()))


def _fill(params: tuple[tuple[str, str], ...], partition: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, value in params:
        filled = value.format(**partition)
        # What a partition leaves open is left out: a blank value would be a wrong one.
        if filled:
            yield name, filled
