"""Requests that change something or carry a body, and several audiences under one sign-in."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from decimal import Decimal

import httpx
import pytest
from scripted_api import API, AUTHORITY, REFRESH, Clock, ScriptedApi, client_of, grant, reply, sign_in

from pipelines.errors import NotAuthorized, RequestRefused, SettingsError, Unavailable
from pipelines.partner_center.client import ClientOptions
from pipelines.partner_center.clients import GRAPH_AUDIENCE, PARTNER_API_AUDIENCE, Clients, make_clients


def clients_of(api: httpx.BaseTransport, clock: Clock, save: Callable[[str], None] = lambda token: None) -> Clients:
    return make_clients(
        ClientOptions(base_url=API, requests_per_minute=60_000),
        sign_in(refresh_token=REFRESH),
        partner_api_url="https://prices.example.test",
        graph_url="https://graph.example.test/v1.0",
        transport=api,
        save_refresh_token=save,
        sleep=clock.sleep,
        clock=clock,
        now=clock,
    )


def test_a_post_carries_its_body_as_json_and_gives_what_the_server_says_of_it() -> None:
    api = ScriptedApi(reply({"id": "1"}, 201, Location="/v1/carts/1", ETag='"e"', Retry_After="7"))
    answer = client_of(api).send("POST", "/v1/carts", json_body={"name": "ü", "quantity": 2})
    sent = api.requests[0]
    assert (sent.method, json.loads(sent.read())) == ("POST", {"name": "ü", "quantity": 2})
    assert sent.headers["Content-Type"] == "application/json"
    assert (answer.status, json.loads(answer.body)) == (201, {"id": "1"})
    assert answer.headers == {"location": "/v1/carts/1", "etag": '"e"', "retry-after": "7"}


def test_all_attempts_of_a_post_carry_the_same_request_id_and_body() -> None:
    api = ScriptedApi(reply(status=503), httpx.ReadTimeout("late"), reply(status=429), reply({}, 201))
    answer = client_of(api).send("POST", "/v1/carts", json_body={"a": 1})
    assert set(api.sent("MS-RequestId")) == {answer.request_id}
    assert {request.read() for request in api.requests} == {b'{"a": 1}'}
    assert answer.attempts == 4


def test_a_request_id_that_was_kept_is_used_again() -> None:
    api = ScriptedApi(reply({}, 201), reply({}, 201))
    for _ in range(2):
        client_of(api).send("POST", "/v1/carts", json_body={}, request_id="kept-since-yesterday")
    assert api.sent("MS-RequestId") == ["kept-since-yesterday"] * 2


def test_an_answer_that_broke_off_is_asked_for_again_whatever_its_good_status() -> None:
    broken = reply({"id": "1"}, 201)
    broken.headers["Content-Length"] = "5000"
    api = ScriptedApi(broken, reply({"id": "1"}, 201))
    assert client_of(api).send("POST", "/v1/carts", json_body={}).attempts == 2


def test_an_answer_without_content_is_an_answer() -> None:
    assert client_of(ScriptedApi(reply(raw=b"", status=204))).send("PATCH", "/v1/a", json_body={}).body == b""


@pytest.mark.parametrize("status", [400, 404, 409, 412, 417])
def test_a_business_error_is_not_sent_again(status: int) -> None:
    api = ScriptedApi(reply({"code": 800065, "description": "Cart already submitted."}, status))
    with pytest.raises(Exception, match="POST /v1/carts/1/checkout"):
        client_of(api).send("POST", "/v1/carts/1/checkout")
    assert len(api.requests) == 1


def test_a_status_that_was_not_expected_is_no_answer() -> None:
    with pytest.raises(Exception, match="answered 204"):
        client_of(ScriptedApi(reply(raw=b"", status=204))).send("POST", "/v1/a", accept=(202,))


@pytest.mark.parametrize("method", ["DELETE", "get", "TRACE", ""])
def test_a_method_that_is_never_needed_is_not_sent(method: str) -> None:
    api = ScriptedApi(reply())
    with pytest.raises(RequestRefused):
        client_of(api).send(method, "/v1/a")
    assert api.requests == []


@pytest.mark.parametrize("body", [{"amount": Decimal("1.10")}, {"rate": float("nan")}, object()])
def test_a_body_that_would_not_be_exact_is_not_sent(body: object) -> None:
    api = ScriptedApi(reply())
    with pytest.raises(RequestRefused, match="nothing was sent"):
        client_of(api).send("POST", "/v1/a", json_body=body)
    assert api.requests == []


def test_the_other_apis_take_the_request_id_under_its_own_name() -> None:
    api, clock = ScriptedApi(reply(), reply()), Clock()
    clients = clients_of(api, clock)
    answer = clients.graph.get("/reports/x")
    clients.partner_api.get("/v1.0/sales/pricesheets")
    graph, prices = api.requests
    assert str(graph.url) == "https://graph.example.test/v1.0/reports/x"
    assert str(prices.url) == "https://prices.example.test/v1.0/sales/pricesheets"
    assert graph.headers["client-request-id"] == answer.request_id
    assert not [name for name in graph.headers if name.startswith("ms-")]


def test_every_api_asks_for_a_token_of_its_own_and_all_share_the_correlation_id() -> None:
    api = ScriptedApi(reply(), reply(), reply())
    clients = clients_of(api, Clock())
    for client in (clients.partner_center, clients.partner_api, clients.graph):
        client.get("/x")
    assert [form["resource"] for form in api.sign_ins] == [API, PARTNER_API_AUDIENCE, GRAPH_AUDIENCE]
    assert api.sent("Authorization") == ["Bearer token-1", "Bearer token-2", "Bearer token-3"]
    assert clients.graph.correlation_id == clients.partner_center.correlation_id


def test_every_audience_redeems_the_refresh_token_that_the_one_before_received() -> None:
    grants = [grant(f"access-{n}", refresh_token=f"refresh-{n}") for n in range(1, 5)]
    api, clock, saved = ScriptedApi(*[reply() for _ in range(4)], grants=grants), Clock(), []
    clients = clients_of(api, clock, saved.append)
    clients.partner_center.get("/x")
    clients.graph.get("/x")
    clients.partner_api.get("/x")
    clock.time += 4000
    clients.partner_center.get("/x")
    assert [form["refresh_token"] for form in api.sign_ins] == [REFRESH, "refresh-1", "refresh-2", "refresh-3"]
    assert saved == ["refresh-1", "refresh-2", "refresh-3", "refresh-4"]


class Rotating(ScriptedApi):
    """A sign-in service that takes a refresh token once, and is slow enough for others to come in between."""

    def __init__(self) -> None:
        super().__init__()
        self.accepted, self.number = REFRESH, 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.host != httpx.URL(AUTHORITY).host:
            return reply()
        form = dict(part.split("=", 1) for part in request.read().decode().split("&"))
        if form["refresh_token"] != self.accepted:
            return reply({"error": "invalid_grant"}, 400)
        threading.Event().wait(0.01)
        self.number += 1
        self.accepted = f"refresh-{self.number}"
        return grant(f"token-{self.number}", refresh_token=self.accepted, expires_in="1")


def test_audiences_that_sign_in_at_the_same_time_never_redeem_a_replaced_token() -> None:
    clients, problems = clients_of(Rotating(), Clock()), []

    def ask(number: int) -> None:
        try:
            (clients.partner_center, clients.partner_api, clients.graph)[number % 3].get("/x")
        except NotAuthorized as error:
            problems.append(error)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


def test_a_refresh_token_of_another_audience_that_could_not_be_saved_is_not_used() -> None:
    api = ScriptedApi(reply(), grants=[grant("a", refresh_token="new")])

    def refuse(token: str) -> None:
        raise OSError("disk full")

    clients = clients_of(api, Clock(), refuse)
    with pytest.raises(SettingsError, match="could not be saved"):
        clients.graph.get("/x")
    assert api.requests == []


def test_a_secret_of_one_api_is_hidden_by_the_others_too() -> None:
    api = ScriptedApi(reply(), *[reply({"message": "token-1 is not for me"}, 503) for _ in range(6)])
    clients = clients_of(api, Clock())
    clients.partner_center.get("/x")
    with pytest.raises(Unavailable) as failed:
        clients.graph.get("/x")
    assert "token-1" not in str(failed.value)
