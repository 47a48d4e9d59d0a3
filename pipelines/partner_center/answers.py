"""What a call gives back, and who may watch it happen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

# Headers worth keeping beside a body: what it is, who served it and when, under which ids, and what comes next.
KEPT_HEADERS = (
    "content-type",
    "content-disposition",
    "date",
    "etag",
    "location",
    "retry-after",
    "ms-requestid",
    "ms-correlationid",
    "ms-cv",
    "ms-serverid",
    "x-locale",
    "request-id",
    "client-request-id",
)


@dataclass(frozen=True)
class Answer:
    """One successful answer.

    Shape:   `body` is decoded, whole and checked; `url` is path and query, without host and without secrets;
             `request_id` and `correlation_id` are the ones sent; `headers` has lower-case names.
    Units:   `waited_seconds` is the waiting between attempts, `attempts` counts every request sent.
    """

    status: int
    body: bytes = field(repr=False)
    url: str
    request_id: str
    correlation_id: str
    attempts: int = 1
    waited_seconds: float = 0.0
    headers: Mapping[str, str] = field(default_factory=dict)


class Observer(Protocol):
    """Watches the traffic, for a progress line or a log. Called from many threads; never gets a secret."""

    def request_sent(self, *, method: str, url: str, attempt: int, request_id: str) -> None:
        """A request is about to be sent."""

    def answer_received(
        self, *, url: str, status: int, attempt: int, request_id: str, body_bytes: int, elapsed_seconds: float
    ) -> None:
        """A whole answer came, good or bad."""

    def attempt_failed(self, *, url: str, attempt: int, request_id: str, problem: str) -> None:
        """Nothing usable came; `problem` says why, on one line."""

    def waiting(self, *, url: str, seconds: float, why: str) -> None:
        """The call waits before it goes on."""


class SilentObserver:
    """Watches and says nothing."""

    def request_sent(self, *, method: str, url: str, attempt: int, request_id: str) -> None:
        pass

    def answer_received(
        self, *, url: str, status: int, attempt: int, request_id: str, body_bytes: int, elapsed_seconds: float
    ) -> None:
        pass

    def attempt_failed(self, *, url: str, attempt: int, request_id: str, problem: str) -> None:
        pass

    def waiting(self, *, url: str, seconds: float, why: str) -> None:
        pass
