"""Sent means confirmed: what is tried again, what is not, and what is never said."""

from __future__ import annotations

import logging

import httpx
import pytest

from pipelines.alerting.delivery import deliver
from pipelines.errors import AlertNotDelivered
from tests.alerting.receiver import SECRET, Receiver


def test_a_receiver_that_is_busy_is_asked_again_when_it_said(inbox: Receiver) -> None:
    inbox.answers = [(429, {"Retry-After": "7"}, b""), (503, {}, b""), (202, {}, b"")]
    waits: list[float] = []
    deliver(inbox.url, b"{}", sleep=waits.append)
    assert (inbox.requests, len(inbox.bodies)) == (3, 1)
    assert waits[0] >= 7


def test_one_that_asks_for_too_long_a_wait_is_told_the_next_time(inbox: Receiver) -> None:
    inbox.answer(429, Retry_After="3600")
    with pytest.raises(AlertNotDelivered, match=r"answered 429 after 1 attempts, and it asks to wait 3600 s"):
        deliver(inbox.url, b"{}", sleep=lambda _: pytest.fail("it waited"))


def test_attempts_end(inbox: Receiver) -> None:
    inbox.answer(500)
    with pytest.raises(AlertNotDelivered, match="after 4 attempts"):
        deliver(inbox.url, b"{}", sleep=lambda _: None)
    assert inbox.requests == 4


@pytest.mark.parametrize(
    ("status", "text", "said"),
    [
        (404, b"no_service", r"answered 404 \(no_service\)"),
        (404, b"Not found: T00-secret-path", "answered 404[.]"),
        (302, b"", "leads elsewhere"),
        (200, b"Webhook message delivery failed: endpoint returned HTTP error 400", "answered 400"),
    ],
)
def test_what_would_be_refused_again_is_not_repeated(inbox: Receiver, status: int, text: bytes, said: str) -> None:
    inbox.answer(status, text, Location="/elsewhere")
    with pytest.raises(AlertNotDelivered, match=said):
        deliver(inbox.url, b"{}", sleep=lambda _: pytest.fail("it waited"))
    assert inbox.requests == 1


def test_no_failure_says_the_secret_part_of_the_address(inbox: Receiver, caplog: pytest.LogCaptureFixture) -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(f"cannot reach {request.url}", request=request)

    caplog.set_level(logging.DEBUG)
    transports = (None, httpx.MockTransport(fail), httpx.MockTransport(lambda _: httpx.Response(404)))
    for number, transport in enumerate(transports):
        inbox.answer(404, SECRET.encode())
        with pytest.raises(AlertNotDelivered) as caught:
            deliver(inbox.url, b"{}", transport=transport, sleep=lambda _: None)
        told, error = [], caught.value
        while error is not None:
            told.append(str(error))
            error = error.__cause__ or error.__context__
        assert SECRET not in "".join(told), number
        assert "s3cret" not in "".join(told), number
    assert SECRET not in caplog.text
    assert "s3cret" not in caplog.text
