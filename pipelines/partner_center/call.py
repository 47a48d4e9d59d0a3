"""One logical request with all its attempts."""

from __future__ import annotations

import random
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import httpx

from pipelines.errors import (
    NotAuthorized,
    PageContractBroken,
    PartnerCenterError,
    RequestRefused,
    Throttled,
    Unavailable,
)
from pipelines.partner_center.answers import KEPT_HEADERS, Answer, Observer
from pipelines.partner_center.auth import TokenSource
from pipelines.partner_center.envelope import damage_of
from pipelines.partner_center.error_bodies import ids_text, read_error_body, refusal
from pipelines.partner_center.masking import Mask
from pipelines.partner_center.origins import Origin, address_below, check_header_text
from pipelines.partner_center.pacing import Pacer
from pipelines.partner_center.retry import (
    RETRIED_STATUSES,
    GaveUp,
    Patience,
    RetryPolicy,
    TryAgain,
    retry_after_seconds,
)
from pipelines.partner_center.transport_checks import BodyLimits, RawAnswer, send

_HEADER_NAME = re.compile(r"[A-Za-z0-9-]+")
# What the client itself says in each request; a caller's header never replaces these.
OWN_HEADERS = frozenset(
    {
        "authorization",
        "host",
        "accept",
        "accept-encoding",
        "cookie",
        "ms-requestid",
        "ms-correlationid",
        "ms-contract-version",
        "ms-partnercenter-application",
        "x-locale",
        "client-request-id",
        "content-type",
        "content-length",
        "transfer-encoding",
    }
)


@dataclass(frozen=True)
class Ask:
    """What one call asks for.

    Shape:   `body` is sent as JSON; `accept` are the statuses that are an answer; a given `request_id` is the
             server's means to tell that two calls are one.
    """

    method: str
    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes | None = None
    accept: frozenset[int] = frozenset({200})
    request_id: str | None = None


@dataclass(frozen=True)
class Session:
    """What all calls of one client share.

    Shape:   `prefix` is the version prefix of every path; `correlation_id` is one for the whole run;
             `ids_style` `ms` sends both ids in the headers of Partner Center, `client` the request id alone.
    """

    http: httpx.Client
    origin: Origin
    prefix: str
    tokens: TokenSource
    pacer: Pacer
    policy: RetryPolicy
    limits: BodyLimits
    observer: Observer
    correlation_id: str
    application: str
    locale: str
    ids_style: str
    accept_encoding: str
    sleep: Callable[[float], None]
    clock: Callable[[], float]
    now: Callable[[], float]

    @property
    def mask(self) -> Mask:
        return self.tokens.mask


class Call:
    """All attempts of one call share the request id, so that the server can tell they are one."""

    def __init__(
        self,
        session: Session,
        ask: Ask,
        check_body: Callable[[bytes], object] | None,
    ) -> None:
        self.session, self.ask, self.check_body = session, ask, check_body
        self.url = address_below(session.prefix, ask.path, dict(ask.params))
        self.what = f"{ask.method} {self.url}"
        self.request_id = ask.request_id or str(uuid.uuid4())
        self.headers = self._all_headers(ask.headers)
        self.sent = 0
        self.refreshed = False
        self.patience = Patience(session.policy, sleep=session.sleep, on_wait=self._on_wait)

    def run(self) -> Answer:
        gave_up: GaveUp | None = None
        self._hold_back()
        try:
            raw = self.patience.run(self._attempt)
        except GaveUp as error:
            gave_up = error
        if gave_up is not None:
            raise self._ended(gave_up)
        return Answer(
            status=raw.status,
            body=raw.body,
            url=self.url,
            request_id=self.request_id,
            correlation_id=self.session.correlation_id,
            attempts=self.sent,
            waited_seconds=self.patience.waited_seconds,
            headers={name: raw.headers[name] for name in KEPT_HEADERS if name in raw.headers},
        )

    def _attempt(self) -> RawAnswer:
        token = self.session.tokens.token()
        try:
            raw = self._exchange(token)
            if raw.status == httpx.codes.UNAUTHORIZED and not self.refreshed:
                self.refreshed = True
                raw = self._exchange(self.session.tokens.refresh(token))
            return self._usable(raw)
        except TryAgain as failure:
            self.session.observer.attempt_failed(
                url=self.url, attempt=self.sent, request_id=self.request_id, problem=failure.problem
            )
            raise
        except PageContractBroken as broken:
            self._add_ids(broken)
            raise

    def _exchange(self, token: str) -> RawAnswer:
        session = self.session
        request = session.http.build_request(
            self.ask.method,
            f"{session.origin}{self.url}",
            headers={**self.headers, "Authorization": f"Bearer {token}"},
            content=self.ask.body,
        )
        with session.pacer.slot() as granted_at:
            self.sent += 1
            session.observer.request_sent(
                method=self.ask.method, url=self.url, attempt=self.sent, request_id=self.request_id
            )
            raw = send(
                session.http,
                request,
                allowed=session.origin,
                limits=session.limits,
                mask=session.mask,
                clock=session.clock,
                accept=self.ask.accept,
            )
            elapsed = session.clock() - granted_at
            if raw.status == httpx.codes.TOO_MANY_REQUESTS:
                asked = retry_after_seconds(raw.headers, session.now()) or 0.0
                # A wait nobody is going to sit through ends this call, and must not hold up the others.
                session.pacer.throttled(granted_at, asked if asked <= session.policy.max_wait_seconds else 0.0)
            else:
                session.pacer.answered()
        session.observer.answer_received(
            url=self.url,
            status=raw.status,
            attempt=self.sent,
            request_id=self.request_id,
            body_bytes=len(raw.body),
            elapsed_seconds=elapsed,
        )
        return raw

    def _usable(self, raw: RawAnswer) -> RawAnswer:
        if raw.status in self.ask.accept:
            damage, broken = "", None
            try:
                if self.check_body is not None:
                    self.check_body(raw.body)
                return raw
            except ValueError as error:
                damage = str(error)
            except PageContractBroken as error:
                # A cut-off page breaks every contract; asking again mends it, unlike a page of another shape.
                kind = damage_of(raw.body)
                if not kind:
                    raise
                damage, broken = str(error), error if kind == "not strict" else None
            text = self.session.mask(damage)[:200]
            raise TryAgain(f"a body that cannot be read ({text})", status=raw.status, broken=broken)
        body = read_error_body(raw.body)
        if raw.status in RETRIED_STATUSES:
            raise TryAgain(
                self.session.mask(f"{raw.status}: {body.message}"),
                status=raw.status,
                code=body.code,
                retry_after_seconds=retry_after_seconds(raw.headers, self.session.now()),
            )
        if raw.status == httpx.codes.OK and damage_of(raw.body) == "broken":
            # Another status was asked for, and this is nothing that the API says: a page of something in between.
            raise TryAgain(f"a body that cannot be read ({self.session.mask(body.message)[:200]})", status=raw.status)
        refused = refusal(self.what, raw.status, body, **self._ids)
        text = self.session.mask(str(refused))
        if isinstance(refused, NotAuthorized):
            text += " A token fetched just before was not accepted either."
        refused.args = (text,)
        raise refused

    def _ended(self, gave_up: GaveUp) -> PartnerCenterError:
        last = gave_up.last
        if last.broken is not None:
            self._add_ids(last.broken)
            return last.broken
        ids = ids_text(self.request_id, self.session.correlation_id)
        text = self.session.mask(
            f"{self.what} got no usable answer; {gave_up.ending} "
            f"({self.patience.waited_seconds:.0f} s of waiting in all). The last one: {last.problem}. {ids}"
        )
        if last.status == httpx.codes.TOO_MANY_REQUESTS:
            return Throttled(
                text,
                retry_after_seconds=last.retry_after_seconds,
                status=last.status,
                code=last.code,
                **self._ids,
            )
        return Unavailable(text, status=last.status, code=last.code, **self._ids)

    def _all_headers(self, given: Mapping[str, str]) -> dict[str, str]:
        for name, value in given.items():
            plain = _HEADER_NAME.fullmatch(name) and check_header_text(value)
            if name.lower() in OWN_HEADERS or not plain:
                raise RequestRefused(f"The header {name!r} cannot be sent with {self.what}; nothing was sent.")
        if not check_header_text(self.request_id):
            raise RequestRefused(f"The request id of {self.what} cannot stand in a header; nothing was sent.")
        headers = {**given, "Accept": "application/json", "Accept-Encoding": self.session.accept_encoding}
        if self.ask.body is not None:
            headers["Content-Type"] = "application/json"
        if self.session.ids_style == "client":
            return {**headers, "client-request-id": self.request_id}
        return {
            **headers,
            "X-Locale": self.session.locale,
            "MS-Contract-Version": "v1",
            "MS-PartnerCenter-Application": self.session.application,
            "MS-CorrelationId": self.session.correlation_id,
            "MS-RequestId": self.request_id,
        }

    def _hold_back(self) -> None:
        """Another call was throttled: a new one starts after that, and counts the wait as its own."""
        quiet = min(self.session.pacer.quiet_seconds(), self.session.policy.max_wait_seconds)
        if quiet > 0:
            # Spread out, or all the threads that held back would come back in the same instant.
            seconds = quiet + random.uniform(0, min(1.0, quiet / 10))  # noqa: S311 - not a secret
            self._on_wait(seconds, "429 of another request")
            self.session.sleep(seconds)
            self.patience.spend(seconds)

    def _on_wait(self, seconds: float, why: str) -> None:
        self.session.observer.waiting(url=self.url, seconds=seconds, why=why)

    @property
    def _ids(self) -> dict[str, str]:
        return {"request_id": self.request_id, "correlation_id": self.session.correlation_id}

    def _add_ids(self, error: PageContractBroken) -> None:
        if error.request_id is None:
            error.args = (self.session.mask(f"{self.what}: {error} {ids_text(**self._ids)}"),)
            error.request_id, error.correlation_id = self.request_id, self.session.correlation_id
