"""Fetches export files from their own storage host: without any token, and without its key in any text.

An address there works for whoever knows its query. So it is never logged, landed or quoted; what is shown of
an address ends before the question mark.
"""

from __future__ import annotations

import hashlib
import logging
import re
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx

from pipelines.errors import OriginRefused, PageContractBroken, PartnerCenterError, Unavailable
from pipelines.partner_center.answers import Observer, SilentObserver
from pipelines.partner_center.client import ClientOptions
from pipelines.partner_center.error_bodies import read_error_body, refusal
from pipelines.partner_center.masking import Mask, describe
from pipelines.partner_center.origins import Origin, is_loopback, origin_of
from pipelines.partner_center.retry import (
    RETRIED_STATUSES,
    GaveUp,
    Patience,
    RetryPolicy,
    TryAgain,
    retry_after_seconds,
)
from pipelines.partner_center.transport_checks import (
    BodyLimits,
    StrictGzip,
    announced_length,
    chunks_of,
    make_http,
)

# A month of daily usage of a large partner stays far below; what is larger is not an export file.
FILE_LIMITS = BodyLimits(max_body_bytes=64 * 1024**3, max_inflate_ratio=200, deadline_seconds=3600)
_ERROR_LIMITS = BodyLimits(max_body_bytes=64 * 1024, max_inflate_ratio=200, deadline_seconds=60)
_QUERY = re.compile(r"[!-~]+")
_READ_BYTES = 256 * 1024


class _WithoutQuery(logging.Filter):
    """The HTTP library logs whole addresses; from here on it logs them without their query."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                one.copy_with(query=None) if isinstance(one, httpx.URL) and one.query else one for one in record.args
            )
        return True


logging.getLogger("httpx").addFilter(_WithoutQuery())


@dataclass(frozen=True)
class BlobFile:
    """A fetched file, checked to its last byte; the hash is of the bytes as they came."""

    path: Path
    sha256: str
    compressed_bytes: int

    def inflated(self, limits: BodyLimits = FILE_LIMITS) -> Iterator[bytes]:
        """Its content in pieces of at most a few megabytes."""
        gzip = StrictGzip(limits, many_members=True)
        with self.path.open("rb") as file:
            while chunk := file.read(_READ_BYTES):
                yield from gzip.feed(chunk)
        yield from gzip.finish()


class BlobClient:
    """Fetches files by address and key; from any https host, or this machine."""

    def __init__(
        self,
        options: ClientOptions,
        *,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
        observer: Observer | None = None,
        limits: BodyLimits = FILE_LIMITS,
    ) -> None:
        self._options, self._transport, self._limits = options, transport, limits
        self._sleep, self._clock, self._now = sleep, clock, now
        self._observer = observer or SilentObserver()
        self._http: dict[str, httpx.Client] = {}

    def fetch(self, address: str, key: str, target: Path) -> BlobFile:
        """The file at an address, which its key (the query) opens, written to `target` as it came.

        Errors:  OriginRefused for an address that is neither https nor this machine; Forbidden when the key
                 is no longer accepted; Unavailable after the last retry; PageContractBroken for a file that
                 inflates beyond the limits.
        """
        return _Fetch(self, address, key, target).run()

    def close(self) -> None:
        """Closes the connections."""
        for http in self._http.values():
            http.close()

    def _http_for(self, origin: Origin) -> httpx.Client:
        # One for https and one for this machine: they differ in what they take from the environment.
        if origin.scheme not in self._http:
            self._http[origin.scheme] = make_http(
                origin,
                transport=self._transport,
                connect_timeout_seconds=self._options.connect_timeout_seconds,
                read_timeout_seconds=self._options.read_timeout_seconds,
                connections=self._options.concurrency,
            )
        return self._http[origin.scheme]


class _Fetch:
    """All attempts at one file."""

    def __init__(self, client: BlobClient, address: str, key: str, target: Path) -> None:
        self.client, self.target = client, target
        self.origin = storage_origin(address)
        key = key.lstrip("?")
        self.mask = key_mask(key)
        if not _QUERY.fullmatch(key) or "#" in key or "?" in address or "#" in address:
            raise PageContractBroken(f"The file {self.origin} names has an address or key that cannot be used.")
        self.address, self.url = address, f"{address}?{key}"
        self.shown = urlsplit(address).path
        self.request_id = str(uuid.uuid4())
        self.sent = 0

    def run(self) -> BlobFile:
        options = self.client._options
        patience = Patience(
            RetryPolicy(options.max_attempts, options.retry_max_wait_seconds),
            sleep=self.client._sleep,
            on_wait=lambda seconds, why: self.client._observer.waiting(url=self.shown, seconds=seconds, why=why),
        )
        gave_up: GaveUp | None = None
        try:
            return patience.run(self._attempt)
        except GaveUp as error:
            gave_up = error
        text = f"GET {self.address} got no usable answer; {gave_up.ending}. The last one: {gave_up.last.problem}."
        raise Unavailable(self.mask(text), status=gave_up.last.status, code=gave_up.last.code)

    def _attempt(self) -> BlobFile:
        self.sent += 1
        observer = self.client._observer
        observer.request_sent(method="GET", url=self.shown, attempt=self.sent, request_id=self.request_id)
        try:
            return self._exchange()
        except TryAgain as failure:
            failure.problem = self.mask(failure.problem)
            observer.attempt_failed(
                url=self.shown, attempt=self.sent, request_id=self.request_id, problem=failure.problem
            )
            raise

    def _exchange(self) -> BlobFile:
        started = self.client._clock()
        http = self.client._http_for(self.origin)
        problem, found = "", None
        try:
            request = http.build_request("GET", self.url, headers={"Accept": "*/*", "Accept-Encoding": "identity"})
            response = http.send(request, stream=True, auth=None, follow_redirects=False)
            try:
                status = response.status_code
                if status != httpx.codes.OK:
                    raise self._refused(response)
                found = self._written(response)
            finally:
                response.close()
        except (httpx.TransportError, httpx.InvalidURL) as error:
            problem = describe(error, self.mask)
        # Raised out here, so that the library's own exception, which knows the address, is not its context.
        if found is None:
            raise TryAgain(f"no whole file ({problem})")
        self.client._observer.answer_received(
            url=self.shown,
            status=status,
            attempt=self.sent,
            request_id=self.request_id,
            body_bytes=found.compressed_bytes,
            elapsed_seconds=self.client._clock() - started,
        )
        return found

    def _written(self, response: httpx.Response) -> BlobFile:
        """The body on disk, once it has been inflated whole and found sound; nothing of it is kept in memory."""
        limits = self.client._limits
        announced, received = announced_length(response.headers), 0
        digest, gzip = hashlib.sha256(), StrictGzip(limits, many_members=True)
        with self.target.open("wb") as file:
            for chunk in chunks_of(response, limits, self.client._clock):
                received += len(chunk)
                digest.update(chunk)
                file.write(chunk)
                for _ in gzip.feed(chunk):
                    pass
        if announced is not None and received != announced:
            raise TryAgain(f"the file has {received} of {announced} bytes announced", status=response.status_code)
        for _ in gzip.finish():
            pass
        if received == 0:
            raise TryAgain("the file is empty, without even a gzip header", status=response.status_code)
        return BlobFile(self.target, digest.hexdigest(), received)

    def _refused(self, response: httpx.Response) -> Exception:
        """The error of a status; storage answers in XML, of which a line is enough."""
        raw = bytearray()
        try:
            for chunk in chunks_of(response, _ERROR_LIMITS, self.client._clock):
                raw += chunk
                if len(raw) > _ERROR_LIMITS.max_body_bytes:
                    break
        except (TryAgain, httpx.TransportError):
            pass
        status, body = response.status_code, read_error_body(bytes(raw))
        text = self.mask(f"{status}: {body.message[:200]}")
        if status in RETRIED_STATUSES:
            return TryAgain(
                text,
                status=status,
                code=body.code,
                retry_after_seconds=retry_after_seconds(response.headers, self.client._now()),
            )
        refused: PartnerCenterError = refusal(f"GET {self.address}", status, body)
        refused.args = (self.mask(str(refused)[:600]),)
        return refused


def storage_origin(address: str) -> Origin:
    """The host of an export file.

    Errors:  OriginRefused unless it is https, or this machine.
    """
    try:
        origin = origin_of(address)
    except ValueError:
        origin = None
    if origin is None or (origin.scheme != "https" and not is_loopback(origin.host)):
        raise OriginRefused("An export names files at an address that is neither https nor this machine; not asked.")
    return origin


def key_mask(key: str) -> Mask:
    """Hides a key and each long value in it."""
    mask = Mask()
    values = [value for name, value in parse_qsl(key.lstrip("?")) if name.lower() in ("sig", "skoid", "sktid")]
    mask.hide(key, key.lstrip("?"), *values)
    return mask
