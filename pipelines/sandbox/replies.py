"""Calls and replies, without a transport, and how a fault spoils a reply."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http import HTTPStatus

import httpx

from pipelines.sandbox.faults import Faults
from pipelines.sandbox.wire import dumps


@dataclass(frozen=True)
class Call:
    """One request; header names in lower case."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes = b""


class Refused(Exception):
    """The answer is an error. `code` None gives the short shape that carries only a message."""

    def __init__(self, status: int, code: int | None, description: str) -> None:
        super().__init__(description)
        self.status, self.code, self.description = status, code, description

    def body(self, area: str = "v1") -> str:
        """The error body, in the shape of the API that answers."""
        if area == "v1.0":
            return dumps({"error": {"code": str(self.code or self.status), "message": self.description}})
        if self.code is None:
            return dumps({"message": self.description})
        return dumps({"code": self.code, "description": self.description, "data": [], "source": "PartnerFD"})


@dataclass
class Reply:
    """One answer. `sent` is how many bytes leave before the connection ends; None is all of them."""

    status: int
    body: bytes
    headers: list[tuple[str, str]] = field(default_factory=list)
    sent: int | None = None
    is_reset: bool = False

    @property
    def reason(self) -> str:
        """The phrase of the status."""
        return HTTPStatus(self.status).phrase

    def all_headers(self) -> list[tuple[str, str]]:
        """Headers with the length that the whole body would have; JSON unless something else is said."""
        own = [("Content-Type", "application/json; charset=utf-8"), ("Content-Length", str(len(self.body)))]
        said = {name.lower() for name, _ in self.headers}
        return [header for header in own if header[0].lower() not in said] + self.headers

    def chunks(self) -> Iterator[bytes]:
        """The body for an in-process transport; a reset is what a real one would raise."""
        yield self.body[: self.sent]
        if self.is_reset:
            raise httpx.ReadError("the connection was reset")

    def broken_by(self, fault: str) -> Reply:
        """The same answer after a fault that lets it start well."""
        if fault in ("reset", "short_body"):
            self.sent, self.is_reset = len(self.body) // 2, fault == "reset"
        elif fault == "truncated_json":
            self.body = self.body[: len(self.body) // 2]
        elif fault == "duplicate_key":
            self.body = self.body.replace(b"{", b'{"totalCount":0,"totalCount":1,', 1)
        elif fault == "nan":
            self.body = self.body.replace(b"{", b'{"nan":NaN,', 1)
        return self


def json_reply(status: int, body: str) -> Reply:
    """An answer in JSON."""
    return Reply(status, body.encode())


def spoiled(fault: str, ordinal: int, faults: Faults) -> Reply | None:
    """The answer of a fault that comes instead of the right one."""
    if fault == "throttle":
        reply = json_reply(429, dumps({"statusCode": 429, "message": "Rate limit is exceeded. Try again later."}))
        wait = faults.retry_after_seconds
        if faults.throttle_style == "seconds":
            reply.headers.append(("Retry-After", str(wait)))
        elif faults.throttle_style == "date":
            moment = datetime.now(UTC) + timedelta(seconds=wait)
            reply.headers.append(("Retry-After", format_datetime(moment, usegmt=True)))
        return reply
    if fault == "server_error":
        status = faults.server_error_statuses[ordinal % len(faults.server_error_statuses)]
        # Gateways answer in HTML.
        return Reply(status, b"<html><body>Service trouble</body></html>")
    if fault == "redirect":
        return Reply(302, b"", [("Location", "https://elsewhere.example.net/v1/customers")])
    return None
