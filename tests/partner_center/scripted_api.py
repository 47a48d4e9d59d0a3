"""An API that answers from a script, a clock that only sleeping moves, and a client between them."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import parse_qsl

import httpx

from pipelines.partner_center.auth import SignIn
from pipelines.partner_center.client import ClientOptions, PartnerCenterClient

API = "https://api.example.test"
AUTHORITY = "https://login.example.test"
SECRET = "s3cret-of-the-app"
REFRESH = "refresh-token-one"


class Clock:
    """Time that stands still until someone sleeps."""

    def __init__(self) -> None:
        self.time = 1_700_000_000.0
        self.sleeps: list[float] = []

    def __call__(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.time += seconds


class Chunks(httpx.SyncByteStream):
    """A body that arrives in pieces, and may break off."""

    def __init__(
        self, pieces: Sequence[bytes], breaks: Exception | None = None, each: Callable[[], None] | None = None
    ) -> None:
        self.pieces, self.breaks, self.each = pieces, breaks, each

    def __iter__(self) -> Iterator[bytes]:
        for piece in self.pieces:
            if self.each:
                self.each()
            yield piece
        if self.breaks:
            raise self.breaks


def reply(
    body: Any = None,
    status: int = 200,
    *,
    raw: bytes | None = None,
    stream: httpx.SyncByteStream | None = None,
    **headers: str,
) -> httpx.Response:
    """An answer; `Retry_After="3"` becomes the header Retry-After."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    data = raw if raw is not None else json.dumps(body if body is not None else {"items": []}).encode()
    return httpx.Response(status, headers=named, stream=stream or Chunks([data]))


Script = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


class ScriptedApi(httpx.BaseTransport):
    """Answers API requests in the order of the script, and token requests with token-1, token-2, …"""

    def __init__(self, *script: Script, grants: Sequence[Script] = ()) -> None:
        self.script, self.grants = list(script), list(grants)
        self.requests: list[httpx.Request] = []
        self.sign_ins: list[dict[str, str]] = []
        self.lock = threading.Lock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        with self.lock:
            if request.url.host == "login.example.test":
                self.sign_ins.append(dict(parse_qsl(request.read().decode())))
                usual = grant(f"token-{len(self.sign_ins)}")
                answer: Script = self.grants.pop(0) if self.grants else usual
            else:
                self.requests.append(request)
                answer = self.script.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, httpx.Response) else answer(request)

    def sent(self, header: str) -> list[str | None]:
        """One header over all API requests."""
        return [request.headers.get(header) for request in self.requests]

    @property
    def queries(self) -> list[dict[str, str]]:
        return [dict(parse_qsl(request.url.query.decode(), keep_blank_values=True)) for request in self.requests]


def grant(token: str, **more: Any) -> httpx.Response:
    """What the token endpoint says; the numbers are text, as in its first version."""
    return reply({"token_type": "Bearer", "access_token": token, "expires_in": "3600", **more})


def sign_in(**changes: Any) -> SignIn:
    """A sign-in of the app alone."""
    values = {
        "tenant_id": "11111111-2222-3333-4444-555555555555",
        "client_id": "66666666-7777-8888-9999-000000000000",
        "client_secret": SECRET,
        "refresh_token": None,
        "authority_url": AUTHORITY,
        "audience": API,
    }
    return SignIn(**{**values, **changes})


def client_of(
    api: httpx.BaseTransport,
    clock: Clock | None = None,
    *,
    signed: SignIn | None = None,
    save: Callable[[str], None] | None = None,
    observer: Any = None,
    **options: Any,
) -> PartnerCenterClient:
    """The real client over a scripted API."""
    clock = clock or Clock()
    return PartnerCenterClient(
        ClientOptions(**{"base_url": API, "requests_per_minute": 60_000, **options}),
        signed or sign_in(),
        transport=api,
        save_refresh_token=save,
        sleep=clock.sleep,
        clock=clock,
        now=clock,
        observer=observer,
    )
