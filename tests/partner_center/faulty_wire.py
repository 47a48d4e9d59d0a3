"""The real clients over the sandbox, with a wire between them that fails as it is told; no socket, no waiting."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
from scripted_api import Chunks, Clock

from pipelines.landing import Landing
from pipelines.partner_center.client import ClientOptions
from pipelines.partner_center.clients import Clients, make_clients
from pipelines.sandbox import SandboxApp
from tests.sandboxed import API, sign_in_of

Fault = Callable[[Callable[[], httpx.Response], "Desk"], httpx.Response]
"""Gives a failure or raises one; one that begins well asks for the good answer first."""


class Desk:
    """Clients, a landing, and the faults that await the next requests.

    Shape:   `aim` picks the requests that faults hit, and that are counted; sign-ins are never hit.
    """

    def __init__(self, app: SandboxApp, folder: Path) -> None:
        self.clock = Clock()
        self.folder = folder
        self.landing = Landing(folder / "landing")
        self.wire = Wire(app, self)
        self.aim: Callable[[httpx.Request], bool] = lambda request: True
        self.script: Iterator[Fault | None] = iter(())
        self.clients: Clients = make_clients(
            ClientOptions(base_url=API, requests_per_minute=10_000_000),
            sign_in_of(),
            partner_api_url=API,
            graph_url=f"{API}/v1.0",
            transport=self.wire,
            sleep=self.clock.sleep,
            clock=self.clock,
            now=self.clock,
        )

    @property
    def asked(self) -> list[httpx.Request]:
        """Every request that faults could have hit, in order."""
        return [request for request in self.wire.requests if self.aim(request)]

    def ids(self) -> list[str | None]:
        """The request ids of those."""
        return [
            request.headers.get("MS-RequestId") or request.headers.get("client-request-id") for request in self.asked
        ]


class Wire(httpx.BaseTransport):
    """Carries requests to the sandbox and answers back, whole or spoiled."""

    def __init__(self, app: SandboxApp, desk: Desk) -> None:
        self.inner, self.desk = httpx.WSGITransport(app=app), desk
        self.requests: list[httpx.Request] = []
        self.sign_ins = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/token"):
            self.sign_ins += 1
            return self.inner.handle_request(request)
        self.requests.append(request)
        fault = next(self.desk.script, None) if self.desk.aim(request) else None
        if fault is None:
            return self.inner.handle_request(request)
        return fault(lambda: self._good(request), self.desk)

    def _good(self, request: httpx.Request) -> httpx.Response:
        whole = self.inner.handle_request(request)
        assert isinstance(whole.stream, httpx.SyncByteStream)
        # Price sheets say that they are deflated, and are zip archives: the bytes are taken as they came.
        headers = {name: value for name, value in whole.headers.items() if name.lower() != "content-encoding"}
        return httpx.Response(whole.status_code, headers=headers, content=b"".join(whole.stream))


def answered(body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> httpx.Response:
    """An answer whose length is said."""
    about = {"Content-Length": str(len(body)), **(headers or {})}
    return httpx.Response(status, headers=about, stream=Chunks([body]))


def status(code: int, body: bytes = b"<html>trouble</html>", **headers: str) -> Fault:
    """This status instead of the answer; `Retry_After="3"` becomes a header."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda ask, desk: answered(body, code, named)


def refused(code: int, error: int = 3000) -> Fault:
    """A refusal in Partner Center's own shape."""
    return status(code, json.dumps({"code": error, "description": "No.", "data": [], "source": "PartnerFD"}).encode())


def no_answer(error: type[httpx.TransportError]) -> Fault:
    """The connection fails before there is an answer."""

    def fail(ask: Callable[[], httpx.Response], desk: Desk) -> httpx.Response:
        raise error("nothing came")

    return fail


def cut_short(ask: Callable[[], httpx.Response], desk: Desk) -> httpx.Response:
    """The connection ends politely in the middle of the body."""
    good = ask()
    whole = good.content
    headers = {**_kept(good), "Content-Length": str(len(whole))}
    return httpx.Response(good.status_code, headers=headers, stream=Chunks([whole[: len(whole) // 2]]))


def broken_off(ask: Callable[[], httpx.Response], desk: Desk) -> httpx.Response:
    """The connection breaks in the middle of the body."""
    good = ask()
    half = good.content[: len(good.content) // 2]
    return httpx.Response(good.status_code, headers=_kept(good), stream=Chunks([half], httpx.ReadError("reset")))


def gzip_without_end(ask: Callable[[], httpx.Response], desk: Desk) -> httpx.Response:
    """Compressed on the way, and the end is missing; the length agrees all the same."""
    good = ask()
    packed = gzip.compress(good.content)[:-6]
    return answered(packed, good.status_code, {**_kept(good), "Content-Encoding": "gzip"})


def gzip_twice(ask: Callable[[], httpx.Response], desk: Desk) -> httpx.Response:
    """A second compressed member behind the first, which readers of one member never see."""
    good = ask()
    packed = gzip.compress(good.content) + gzip.compress(b"more")
    return answered(packed, good.status_code, {**_kept(good), "Content-Encoding": "gzip"})


def trickling(ask: Callable[[], httpx.Response], desk: Desk) -> httpx.Response:
    """A body that comes so slowly that no read ever times out, and that has no end in sight."""
    good = ask()
    pieces = [good.content[number : number + 1] for number in range(min(len(good.content), 60))]
    return httpx.Response(
        good.status_code, headers=_kept(good), stream=Chunks(pieces, each=lambda: desk.clock.sleep(100))
    )


# Eight megabytes of nothing, a thousandth of it on the wire.
_BOMB = gzip.compress(bytes(8 * 1024 * 1024))


def inflating(ask: Callable[[], httpx.Response], desk: Desk) -> httpx.Response:
    """A small body that becomes a large one."""
    return answered(_BOMB, ask().status_code, {"Content-Encoding": "gzip"})


def foreign_link(ask: Callable[[], httpx.Response], desk: Desk) -> httpx.Response:
    """A page whose next link leads to another host."""
    good = ask()
    page = json.loads(good.content.decode("utf-8-sig"), parse_float=str)
    page["links"] = {"next": {"uri": "https://elsewhere.example.net/v1/next", "method": "GET", "headers": []}}
    return answered(json.dumps(page).encode(), good.status_code, _kept(good))


def _kept(good: httpx.Response) -> dict[str, str]:
    about = ("content-type", "location", "retry-after", "etag", "content-disposition")
    return {name: good.headers[name] for name in about if name in good.headers}
