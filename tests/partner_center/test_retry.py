"""The retry table, row by row."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate

import httpx
import pytest
from scripted_api import Clock, ScriptedApi, client_of, reply

from pipelines.errors import (
    Forbidden,
    NotFound,
    OriginRefused,
    PageContractBroken,
    RequestRefused,
    Throttled,
    Unavailable,
)
from pipelines.partner_center.retry import retry_after_seconds


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_passing_status_is_asked_for_again(status: int) -> None:
    api, clock = ScriptedApi(reply({}, status), reply({"items": [1]})), Clock()
    answer = client_of(api, clock).get("/v1/invoices")
    assert (answer.status, answer.attempts, len(clock.sleeps)) == (200, 2, 1)


@pytest.mark.parametrize(
    "failure",
    [
        httpx.ConnectError("refused"),
        httpx.ReadError("reset"),
        httpx.ReadTimeout("slow"),
        httpx.ConnectTimeout("slow"),
        httpx.RemoteProtocolError("disconnected"),
    ],
)
def test_a_lost_connection_is_asked_for_again(failure: Exception) -> None:
    api = ScriptedApi(failure, reply({"items": []}))
    assert client_of(api).get("/v1/invoices").attempts == 2


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, RequestRefused),
        (403, Forbidden),
        (404, NotFound),
        (409, RequestRefused),
        (417, RequestRefused),
        (301, OriginRefused),
        (302, OriginRefused),
        (307, OriginRefused),
        (204, PageContractBroken),
        (501, Unavailable),
    ],
)
def test_a_lasting_status_ends_the_call_at_once(status: int, kind: type[Exception]) -> None:
    api, clock = ScriptedApi(reply({"code": 1, "description": "no"}, status, Location="https://evil.test/")), Clock()
    with pytest.raises(kind) as caught:
        client_of(api, clock).get("/v1/invoices")
    assert len(api.requests) == 1
    assert clock.sleeps == []
    assert caught.value.status == status


def test_after_six_attempts_the_call_gives_up_and_says_so() -> None:
    api = ScriptedApi(*[reply({"message": "busy"}, 503) for _ in range(6)])
    client = client_of(api)
    with pytest.raises(Unavailable, match="gave up after 6 attempts") as caught:
        client.get("/v1/invoices")
    assert len(api.requests) == 6
    assert caught.value.status == 503
    assert "busy" in str(caught.value)
    assert str(caught.value.correlation_id) in str(caught.value)


def test_waits_grow_at_random_up_to_a_minute() -> None:
    api, clock = ScriptedApi(*[reply({}, 500) for _ in range(12)]), Clock()
    with pytest.raises(Unavailable):
        client_of(api, clock, max_attempts=12, retry_max_wait_seconds=10_000).get("/v1/invoices")
    assert all(0 <= wait <= min(60, 2**turn) for turn, wait in enumerate(clock.sleeps))
    assert len(clock.sleeps) == 11


def test_retry_after_in_seconds_is_a_minimum() -> None:
    api, clock = ScriptedApi(reply({}, 429, Retry_After="57"), reply()), Clock()
    answer = client_of(api, clock).get("/v1/invoices")
    assert clock.sleeps[0] >= 57
    assert answer.waited_seconds >= 57


def test_retry_after_as_a_date_is_a_minimum() -> None:
    clock = Clock()
    api = ScriptedApi(reply({}, 503, Retry_After=formatdate(clock.time + 40, usegmt=True)), reply())
    client_of(api, clock).get("/v1/invoices")
    assert 39 <= clock.sleeps[0] <= 60


def test_a_date_counts_from_the_servers_own_clock() -> None:
    headers = {"Retry-After": formatdate(5_000, usegmt=True), "Date": formatdate(4_970, usegmt=True)}
    assert retry_after_seconds(headers, now=9_999_999) == 30


@pytest.mark.parametrize("text", ["", "soon", "-5", "1e9", "٣", "Wed, 99 Foo 2020 00:00:00 GMT"])
def test_an_unreadable_retry_after_is_no_wish_at_all(text: str) -> None:
    assert retry_after_seconds({"Retry-After": text}, now=0) is None


def test_a_wish_beyond_the_allowed_waiting_ends_the_call_without_waiting() -> None:
    api, clock = ScriptedApi(reply({}, 429, Retry_After="3600")), Clock()
    client = client_of(api, clock)
    with pytest.raises(Throttled, match=r"asks to wait 3600 s .* 300 s in all") as caught:
        client.get("/v1/invoices")
    assert caught.value.retry_after_seconds == 3600
    assert clock.sleeps == []


def test_all_waiting_of_one_call_together_is_limited() -> None:
    api, clock = ScriptedApi(*[reply({}, 429, Retry_After="57") for _ in range(6)]), Clock()
    with pytest.raises(Throttled, match="in all"):
        client_of(api, clock, retry_max_wait_seconds=120).get("/v1/invoices")
    assert sum(clock.sleeps) <= 120
    assert len(api.requests) == 3


def test_no_patience_means_one_attempt() -> None:
    api = ScriptedApi(reply({}, 503))
    with pytest.raises(Unavailable):
        client_of(api, retry_max_wait_seconds=0).get("/v1/invoices")


def test_a_retry_keeps_the_request_id_and_a_new_call_takes_a_new_one() -> None:
    api = ScriptedApi(reply({}, 500), httpx.ReadTimeout("slow"), reply(), reply())
    client = client_of(api)
    first, second = client.get("/v1/invoices"), client.get("/v1/invoices")
    ids = api.sent("MS-RequestId")
    assert ids[:3] == [first.request_id] * 3
    assert ids[3] == second.request_id != first.request_id
    assert set(api.sent("MS-CorrelationId")) == {client.correlation_id}


def test_throttling_halves_the_concurrency_and_calm_brings_it_back() -> None:
    api = ScriptedApi(reply({}, 429, Retry_After="1"), *[reply() for _ in range(100)])
    client = client_of(api, concurrency=8)
    client.get("/v1/invoices")
    assert client.concurrency_limit == 4
    for _ in range(99):
        client.get("/v1/invoices")
    assert client.concurrency_limit == 8


def test_a_throttled_request_holds_back_new_calls_too() -> None:
    clock = Clock()
    # The first call gives up at once, and the wish of the server still stands for the next one.
    api = ScriptedApi(reply({}, 429, Retry_After="20"), reply())
    client = client_of(api, clock, max_attempts=1)
    with pytest.raises(Throttled):
        client.get("/v1/invoices")
    answer = client.get("/v1/invoices")
    assert clock.sleeps[0] >= 20
    assert answer.waited_seconds >= 20


def test_no_minute_sees_more_requests_than_allowed() -> None:
    clock, times = Clock(), []
    api = ScriptedApi()
    client = client_of(api, clock, requests_per_minute=100)
    for _ in range(350):
        api.script.append(reply())
        client.get("/v1/invoices")
        times.append(clock.time)
    busiest = max(sum(start <= moment < start + 60 for moment in times) for start in times)
    assert 90 <= busiest <= 100


def test_a_body_that_is_not_json_is_asked_for_again() -> None:
    api = ScriptedApi(reply(raw=b'{"items": [{"id"'), reply({"items": [1]}))
    seen = []

    def check(body: bytes) -> None:
        seen.append(body)
        if not body.endswith(b"}"):
            raise ValueError("cut off")

    assert client_of(api).get("/v1/invoices", check_body=check).body == seen[1]
    assert len(seen) == 2


def test_a_cut_off_page_is_asked_for_again_even_if_the_reader_calls_it_a_broken_contract() -> None:
    def check(body: bytes) -> None:
        raise PageContractBroken("no items")

    api = ScriptedApi(reply(raw=b'{"items": ['), reply({"rows": []}))
    with pytest.raises(PageContractBroken, match=r"GET /v1/invoices: no items \(request id"):
        client_of(api).get("/v1/invoices", check_body=check)
    assert len(api.requests) == 2


def test_a_body_that_stays_broken_is_unavailable() -> None:
    def check(body: bytes) -> None:
        raise ValueError("cut off")

    api = ScriptedApi(*[reply(raw=b"{") for _ in range(6)])
    with pytest.raises(Unavailable, match="cannot be read"):
        client_of(api).get("/v1/invoices", check_body=check)


def test_no_more_requests_are_under_way_than_allowed() -> None:
    lock, under_way, most = threading.Lock(), 0, 0

    def answer(request: httpx.Request) -> httpx.Response:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        time.sleep(0.005)
        with lock:
            under_way -= 1
        return reply()

    class Api(ScriptedApi):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            return super().handle_request(request) if "login" in request.url.host else answer(request)

    client = client_of(Api(), concurrency=3)
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: client.get("/v1/invoices"), range(36)))
    assert most == 3
    assert len({answer.request_id for answer in answers}) == 36
