"""One request, one answer that arrived whole, or a reason to try again.

The HTTP library reports neither a body shorter than announced (on every transport) nor a gzip stream that
ends early or goes on with a second member, and it never gives up on a body that trickles. A page that lost
its tail can still be money that nobody misses, so all of this is checked on the raw bytes.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy

import httpx

from pipelines.errors import OriginRefused, PageContractBroken, RequestRefused
from pipelines.partner_center.masking import Mask, describe
from pipelines.partner_center.origins import Origin, origin_of
from pipelines.partner_center.retry import TryAgain

# Enough for every error text; what lies behind it is not read.
ERROR_BODY_BYTES = 256 * 1024
# Small bodies may inflate by any ratio: they hurt nobody, and repetitive pages do compress well.
FREE_INFLATED_BYTES = 4 * 1024 * 1024
_GZIP = 16 + zlib.MAX_WBITS
_NO_COOKIES = DefaultCookiePolicy(allowed_domains=[])


@dataclass(frozen=True)
class BodyLimits:
    """What one body may cost.

    Units:   bytes after decoding; inflated bytes per received byte; seconds from the first to the last byte.
    """

    max_body_bytes: int
    max_inflate_ratio: float
    deadline_seconds: float


@dataclass(frozen=True)
class RawAnswer:
    """Status, headers and the whole decoded body of one attempt."""

    status: int
    headers: httpx.Headers
    body: bytes


def make_http(
    origin: Origin,
    *,
    transport: httpx.BaseTransport | None,
    connect_timeout_seconds: float,
    read_timeout_seconds: float,
    connections: int,
) -> httpx.Client:
    """The HTTP client for one origin: no redirects, no cookies, no surprises from the environment.

    For https the environment's proxy and certificate settings count, since many networks need them: a proxy
    gets a tunnel and sees no header. For http, which means loopback, no proxy is asked, for it would
    read the token.
    """
    client = httpx.Client(
        transport=transport,
        follow_redirects=False,
        trust_env=origin.scheme == "https",
        timeout=httpx.Timeout(read_timeout_seconds, connect=connect_timeout_seconds, pool=connect_timeout_seconds),
        limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
        headers={"Accept": "application/json", "Accept-Encoding": "gzip"},
    )
    client.cookies.jar.set_policy(_NO_COOKIES)
    return client


def send(
    http: httpx.Client,
    request: httpx.Request,
    *,
    allowed: Origin,
    limits: BodyLimits,
    mask: Mask,
    clock: Callable[[], float],
    accept: Collection[int] = (200,),
) -> RawAnswer:
    """Sends one request to the allowed origin and reads the answer whole.

    The body of a status in `accept` has to be whole; of any other as much of its text as came is enough.

    Errors:  OriginRefused before anything is sent elsewhere; TryAgain when no whole answer came;
             PageContractBroken when the body is larger than the limits allow.
    """
    check_destination(request, allowed)
    problem, fatal = "", False
    try:
        response = http.send(request, stream=True, auth=None, follow_redirects=False)
    except (httpx.LocalProtocolError, httpx.UnsupportedProtocol) as error:
        problem, fatal = describe(error, mask), True
    except httpx.TransportError as error:
        problem = describe(error, mask)
    if problem:
        # Raised out here, so that the library's own exception (which may quote a header) is not its context.
        if fatal:
            raise RequestRefused(f"The request could not be written ({problem}); nothing was sent.")
        raise TryAgain(f"no answer ({problem})")
    try:
        is_error = response.status_code not in accept
        body = (_read_error_body if is_error else _read_body)(response, limits, clock)
    except httpx.TransportError as error:
        problem = describe(error, mask)
    finally:
        response.close()
    if problem:
        if is_error:
            # The status already says what matters; a broken error text must not hide it.
            return RawAnswer(response.status_code, response.headers, b"")
        raise TryAgain(f"the body broke off ({problem})")
    return RawAnswer(response.status_code, response.headers, body)


def check_destination(request: httpx.Request, allowed: Origin) -> None:
    """The last look before a token leaves.

    Errors:  OriginRefused.
    """
    try:
        fits = origin_of(str(request.url)) == allowed
    except ValueError:
        fits = False
    if not fits:
        raise OriginRefused(f"A request to {request.url.host!r} was stopped: only {allowed} may be asked.")


def _read_body(response: httpx.Response, limits: BodyLimits, clock: Callable[[], float]) -> bytes:
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    # What is called deflate is no such stream but a file that is packed: its reader unpacks it.
    asked = response.request.headers.get("Accept-Encoding", "")
    if encoding not in {"identity", "gzip", "x-gzip", ""} and not encoding == asked == "deflate":
        raise PageContractBroken(f"The body came encoded as {encoding[:40]!r}, which was not asked for.")
    decoder = _StrictGzip(limits) if "gzip" in encoding else _Plain(limits)
    announced = announced_length(response.headers)
    received = 0
    for chunk in chunks_of(response, limits, clock):
        received += len(chunk)
        decoder.feed(chunk)
    if announced is not None and received != announced:
        raise TryAgain(f"the body has {received} of {announced} bytes announced", status=response.status_code)
    return decoder.finish()


def chunks_of(response: httpx.Response, limits: BodyLimits, clock: Callable[[], float]) -> Iterator[bytes]:
    """The bytes as they came over the wire, not decoded, until the deadline."""
    stream = response.stream
    assert isinstance(stream, httpx.SyncByteStream)
    ends_at = clock() + limits.deadline_seconds
    for chunk in stream:
        yield chunk
        if clock() > ends_at:
            raise TryAgain(f"the body was not complete after {limits.deadline_seconds:.0f} s")


def announced_length(headers: httpx.Headers) -> int | None:
    values = {part.strip() for value in headers.get_list("Content-Length") for part in value.split(",")}
    if not values or "Transfer-Encoding" in headers:
        return None
    length = values.pop()
    if values or not (length.isascii() and length.isdigit()):
        raise TryAgain("the announced length of the body is not one number")
    return int(length)


def _read_error_body(response: httpx.Response, limits: BodyLimits, clock: Callable[[], float]) -> bytes:
    """As much of an error's text as can be had; its failures are not worth an error of their own."""
    raw = bytearray()
    try:
        for chunk in chunks_of(response, limits, clock):
            raw += chunk
            if len(raw) > ERROR_BODY_BYTES:
                break
    except TryAgain:
        pass
    if "gzip" not in response.headers.get("Content-Encoding", "").lower():
        return bytes(raw[:ERROR_BODY_BYTES])
    try:
        return zlib.decompressobj(_GZIP).decompress(bytes(raw), ERROR_BODY_BYTES)
    except zlib.error:
        return b""


class _Plain:
    """A body that came as it is."""

    def __init__(self, limits: BodyLimits) -> None:
        self._limits = limits
        self._pieces: list[bytes] = []
        self._size = 0

    def feed(self, chunk: bytes) -> None:
        self._size += len(chunk)
        if self._size > self._limits.max_body_bytes:
            raise PageContractBroken(
                f"The body is larger than {self._limits.max_body_bytes} bytes (max_body_bytes); ask for "
                "smaller pages or allow more."
            )
        self._pieces.append(chunk)

    def finish(self) -> bytes:
        return b"".join(self._pieces)


class _StrictGzip(_Plain):
    """A body that came as gzip."""

    def __init__(self, limits: BodyLimits) -> None:
        super().__init__(limits)
        self._gzip = StrictGzip(limits)

    def feed(self, chunk: bytes) -> None:
        for piece in self._gzip.feed(chunk):
            super().feed(piece)

    def finish(self) -> bytes:
        for piece in self._gzip.finish():
            super().feed(piece)
        return super().finish()


class StrictGzip:
    """Inflates a gzip stream piece by piece: whole, and not a bomb.

    Shape:   one member, as a body is; a file may be `many_members`, one behind the other.
    Errors:  TryAgain for a stream that is broken, ends early or goes on behind its end; PageContractBroken for
             one that inflates beyond the limits.
    """

    # Inflated in pieces of this size, so that the limits act before the memory is gone.
    PIECE_BYTES = 1024 * 1024

    def __init__(self, limits: BodyLimits, *, many_members: bool = False) -> None:
        self._limits, self._many_members = limits, many_members
        self._inflate = zlib.decompressobj(_GZIP)
        self._received = self.size = 0

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """What these bytes inflate to."""
        self._received += len(chunk)
        rest = chunk
        while rest:
            if self._inflate.eof:
                if not self._many_members:
                    raise TryAgain("the gzip body goes on behind its end")
                self._inflate = zlib.decompressobj(_GZIP)
            yield self._counted(self._inflated(rest))
            rest = self._inflate.unused_data or self._inflate.unconsumed_tail
            if self.size > FREE_INFLATED_BYTES and self.size > self._limits.max_inflate_ratio * self._received:
                raise PageContractBroken(
                    f"The body inflates more than {self._limits.max_inflate_ratio:.0f} times (max_inflate_ratio)."
                )

    def finish(self) -> Iterator[bytes]:
        """What the decoder held back, once everything is fed."""
        if self._received == 0:
            # An empty body needs no gzip wrapper; whether empty is acceptable is the reader's business.
            return
        while not self._inflate.eof:
            # The decoder may hold output back that its limit per call did not let through.
            piece = self._inflated(self._inflate.unconsumed_tail)
            if not piece:
                break
            yield self._counted(piece)
        if not self._inflate.eof:
            raise TryAgain("the gzip body ends early")
        if self._inflate.unused_data:
            raise TryAgain("the gzip body goes on behind its end")

    def _counted(self, piece: bytes) -> bytes:
        self.size += len(piece)
        if self.size > self._limits.max_body_bytes:
            raise PageContractBroken(
                f"The body is larger than {self._limits.max_body_bytes} bytes (max_body_bytes); ask for "
                "smaller pages or allow more."
            )
        return piece

    def _inflated(self, data: bytes) -> bytes:
        broken = ""
        try:
            return self._inflate.decompress(data, self.PIECE_BYTES)
        except zlib.error as error:
            broken = str(error)
        raise TryAgain(f"the gzip body is broken ({broken})")
