"""One request to the API: signed in, paced, retried, checked, and with nothing secret in what it says.

The origin allow-list has one entry: the configured API. The token is attached only after the address was
checked against it, and redirects are errors.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx

from pipelines.errors import RequestRefused, SettingsError
from pipelines.partner_center.answers import Answer, Observer, SilentObserver
from pipelines.partner_center.auth import RefreshToken, SignIn, TokenSource
from pipelines.partner_center.call import Ask, Call, Session
from pipelines.partner_center.claims import claims_of
from pipelines.partner_center.masking import Mask
from pipelines.partner_center.origins import Origin, check_header_text, safe_origin
from pipelines.partner_center.pacing import Pacer
from pipelines.partner_center.retry import RetryPolicy
from pipelines.partner_center.transport_checks import BodyLimits, make_http

__all__ = ["Answer", "ClientOptions", "Observer", "PartnerCenterClient"]


@dataclass(frozen=True)
class ClientOptions:
    """How one client behaves.

    Shape:   `base_url` may carry the version prefix of its paths; without one `version_path` is used;
             `ids_style` says which headers carry the ids: Partner Center's own, or `client-request-id`;
             `accept_encoding` how bodies may be packed: `gzip`, or `deflate`, which stays as it came.
    Units:   as the names say; `retry_max_wait_seconds` limits all the waiting of one call together,
             `body_deadline_seconds` runs from an answer's headers to its last byte.
    """

    base_url: str
    requests_per_minute: int = 500
    retry_max_wait_seconds: float = 300.0
    max_attempts: int = 6
    connect_timeout_seconds: float = 20.0
    read_timeout_seconds: float = 120.0
    body_deadline_seconds: float = 300.0
    max_body_bytes: int = 256 * 1024 * 1024
    max_inflate_ratio: float = 200.0
    concurrency: int = 8
    application: str = "partner-center-reconciliation"
    locale: str = "en-US"
    version_path: str = "/v1"
    ids_style: Literal["ms", "client"] = "ms"
    accept_encoding: Literal["gzip", "deflate"] = "gzip"

    def __post_init__(self) -> None:
        positive = (
            "requests_per_minute",
            "max_attempts",
            "concurrency",
            "max_body_bytes",
            "max_inflate_ratio",
        )
        seconds = ("connect_timeout_seconds", "read_timeout_seconds", "body_deadline_seconds")
        for name in (*positive, *seconds):
            if not getattr(self, name) > 0:
                raise SettingsError(f"{name} must be above 0, not {getattr(self, name)}.")
        if not self.retry_max_wait_seconds >= 0:
            raise SettingsError(f"retry_max_wait_seconds cannot be {self.retry_max_wait_seconds}.")
        for name in ("application", "locale"):
            if not check_header_text(getattr(self, name)):
                raise SettingsError(f"{name} cannot stand in a header.")


_METHODS = frozenset({"GET", "POST", "PUT", "PATCH"})


class PartnerCenterClient:
    """Speaks to one API, from many threads at once.

    A token source handed in is used as it is; from a `SignIn` the client makes its own, over the same
    injected transport if there is one. Clients of several APIs under one sign-in are handed the same
    `refresh_token`, `mask` and `correlation_id`.

    Errors:  SettingsError for an address or sign-in that cannot work, before anything is sent.
    """

    def __init__(
        self,
        options: ClientOptions,
        sign_in: SignIn | TokenSource,
        *,
        transport: httpx.BaseTransport | None = None,
        save_refresh_token: Callable[[str], None] | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
        observer: Observer | None = None,
        refresh_token: RefreshToken | None = None,
        mask: Mask | None = None,
        correlation_id: str | None = None,
    ) -> None:
        self.options = options
        self.origin: Origin = safe_origin(options.base_url, "base URL")
        # One per run: it ties all requests of a run together in Microsoft's logs and in ours.
        self.correlation_id = correlation_id or str(uuid.uuid4())
        watch = observer or SilentObserver()

        def announce(seconds: float, why: str) -> None:
            watch.waiting(url="", seconds=seconds, why=why)

        policy = RetryPolicy(options.max_attempts, options.retry_max_wait_seconds)
        self._own_http = [_http_for(self.origin, options, transport)]
        if isinstance(sign_in, SignIn):
            authority = safe_origin(sign_in.authority_url, "authority URL")
            self._own_http.append(_http_for(authority, options, transport))
            sign_in = TokenSource(
                sign_in,
                http=self._own_http[-1],
                save_refresh_token=save_refresh_token,
                now=now,
                sleep=sleep,
                clock=clock,
                policy=policy,
                on_wait=lambda seconds, why: announce(seconds, f"sign-in: {why}"),
                mask=mask,
                shared=refresh_token,
            )
        self._session = Session(
            http=self._own_http[0],
            origin=self.origin,
            prefix=urlsplit(options.base_url).path.strip("/") or options.version_path,
            tokens=sign_in,
            pacer=Pacer(
                requests_per_minute=options.requests_per_minute,
                concurrency=options.concurrency,
                clock=clock,
                sleep=sleep,
                on_wait=announce,
            ),
            policy=policy,
            limits=BodyLimits(options.max_body_bytes, options.max_inflate_ratio, options.body_deadline_seconds),
            observer=watch,
            correlation_id=self.correlation_id,
            application=options.application,
            locale=options.locale,
            ids_style=options.ids_style,
            accept_encoding=options.accept_encoding,
            sleep=sleep,
            clock=clock,
            now=now,
        )

    @property
    def mask(self) -> Mask:
        """Hides this client's secrets in a text; for whoever writes logs and traces."""
        return self._session.mask

    @property
    def observer(self) -> Observer:
        """Who watches this client's traffic."""
        return self._session.observer

    def claims(self) -> Mapping[str, Any] | None:
        """What the access token says of its own rights; None when it cannot be read. Never the token itself."""
        return claims_of(self._session.tokens.token())

    @property
    def sign_in_mode(self) -> str:
        """`app_only` or `app_user`; some resources take only the second."""
        return self._session.tokens.mode

    @property
    def concurrency_limit(self) -> int:
        """How many requests may be under way just now; throttling lowers it."""
        return self._session.pacer.limit

    def get(
        self,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        check_body: Callable[[bytes], object] | None = None,
    ) -> Answer:
        """The answer to one GET, whole and checked.

        `check_body` sees the body of a 200; a ValueError from it means that the body is damaged, and the
        request is sent again like after a 5xx. Any other exception of it ends the call.

        Errors:  Throttled and Unavailable after the last retry; NotAuthorized, Forbidden, NotFound,
                 RequestRefused, OriginRefused and PageContractBroken at once.
        """
        return Call(self._session, Ask("GET", path, params or {}, headers or {}), check_body).run()

    def send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        json_body: Any = None,
        request_id: str | None = None,
        headers: Mapping[str, str] | None = None,
        accept: Collection[int] = (200, 201, 202, 204),
        check_body: Callable[[bytes], object] | None = None,
    ) -> Answer:
        """The answer to one request of any method, whole and checked, if its status is in `accept`.

        All attempts carry the same request id, by which the server knows a repetition; a caller that may
        have to repeat a purchase after a crash keeps the id and gives it again.

        Shape:   `json_body` is sent as JSON text; Decimals in it are refused, since none is ever sent.
        Errors:  as those of `get`; RequestRefused for another method, or a body that is not JSON.
        """
        if method not in _METHODS:
            raise RequestRefused(f"{method[:20]!r} is never sent; there are {', '.join(sorted(_METHODS))}.")
        body = None if json_body is None else _json_bytes(json_body)
        ask = Ask(method, path, params or {}, headers or {}, body, frozenset(accept), request_id)
        return Call(self._session, ask, check_body).run()

    def close(self) -> None:
        """Closes the connections; the client is of no use afterwards."""
        for http in self._own_http:
            http.close()

    def __enter__(self) -> PartnerCenterClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"PartnerCenterClient({str(self.origin)!r}, sign_in_mode={self.sign_in_mode!r})"


def _json_bytes(value: Any) -> bytes:
    problem = ""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        problem = type(error).__name__
    raise RequestRefused(f"The body cannot be written as JSON ({problem}); nothing was sent.")


def _http_for(origin: Origin, options: ClientOptions, transport: httpx.BaseTransport | None) -> httpx.Client:
    return make_http(
        origin,
        transport=transport,
        connect_timeout_seconds=options.connect_timeout_seconds,
        read_timeout_seconds=options.read_timeout_seconds,
        connections=options.concurrency,
    )
