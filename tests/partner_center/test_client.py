"""One request: what it carries, where it may go, and what counts as an answer."""

from __future__ import annotations

import gzip
import json
import os
import threading
import zlib

import httpx
import pytest
from scripted_api import API, REFRESH, SECRET, Chunks, Clock, ScriptedApi, client_of, grant, reply, sign_in
from test_auth import whole_text

from pipelines.errors import (
    Forbidden,
    NotAuthorized,
    NotFound,
    OriginRefused,
    PageContractBroken,
    RequestRefused,
    SettingsError,
    Throttled,
    Unavailable,
)
from pipelines.partner_center.client import ClientOptions, PartnerCenterClient

PAGE = json.dumps({"totalCount": 2, "items": [{"id": "A"}, {"id": "B"}]}).encode()


def zipped(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)


def test_a_request_carries_the_documented_headers() -> None:
    api = ScriptedApi(reply())
    client = client_of(api)
    answer = client.get("/v1/invoices", params={"size": "5"})
    sent = api.requests[0]
    assert str(sent.url) == f"{API}/v1/invoices?size=5"
    assert answer.url == "/v1/invoices?size=5"
    expected = {
        "Authorization": "Bearer token-1",
        "Accept": "application/json",
        "Accept-Encoding": "gzip",
        "X-Locale": "en-US",
        "MS-Contract-Version": "v1",
        "MS-RequestId": answer.request_id,
        "MS-CorrelationId": client.correlation_id,
        "MS-PartnerCenter-Application": "partner-center-reconciliation",
    }
    assert {name: sent.headers[name] for name in expected} == expected
    assert client.sign_in_mode == "app_only"


def test_the_answer_keeps_the_servers_ids_and_drops_the_noise() -> None:
    api = ScriptedApi(reply(MS_RequestId="theirs", MS_CV="cv", X_SourceFiles="noise", Set_Cookie="a=b"), reply())
    client = client_of(api)
    answer = client.get("/v1/invoices")
    assert answer.headers == {"ms-requestid": "theirs", "ms-cv": "cv"}
    client.get("/v1/invoices")
    assert api.sent("Cookie") == [None, None]


@pytest.mark.parametrize("path", ["/v1/invoices/D1", "v1/invoices/D1", "/invoices/D1", "invoices/D1"])
@pytest.mark.parametrize("base", [API, f"{API}/", f"{API}/v1", f"{API}/v1/"])
def test_a_path_is_found_with_and_without_its_version(base: str, path: str) -> None:
    api = ScriptedApi(reply())
    client_of(api, base_url=base).get(path)
    assert str(api.requests[0].url) == f"{API}/v1/invoices/D1"


@pytest.mark.parametrize(
    "path",
    [
        "/v1/invoices/../customers",
        "/v1//invoices",
        "/v1/customers//orders",
        "/v1/a?b=c",
        "/v1/a#b",
        "/v1/a b",
        "/v1/%2e%2e/x",
        "/v1/a%2Fb",
        "//evil.test/v1",
        "/v1/a\\b",
        "/v1/a\nb",
        "https://evil.test/v1",
        "",
    ],
)
def test_a_path_that_would_lead_elsewhere_is_refused(path: str) -> None:
    api = ScriptedApi(reply())
    try:
        client_of(api).get(path)
    except RequestRefused:
        assert api.requests == []
    else:
        pytest.fail(f"sent to {api.requests[0].url}")


def test_a_query_is_sent_exactly() -> None:
    api = ScriptedApi(reply())
    client_of(api).get("/v1/auditrecords", params={"filter": '{"Field":"A&B=ü ?"}'})
    assert api.queries == [{"filter": '{"Field":"A&B=ü ?"}'}]


@pytest.mark.parametrize(
    "headers", [{"Authorization": "Bearer x"}, {"Host": "evil.test"}, {"A": "b\r\nC: d"}, {"A b": "c"}]
)
def test_a_caller_cannot_replace_or_smuggle_headers(headers: dict[str, str]) -> None:
    api = ScriptedApi(reply())
    with pytest.raises(RequestRefused):
        client_of(api).get("/v1/invoices", headers=headers)
    assert api.requests == []


# Signing in again


def test_one_rejected_token_costs_one_refresh_and_one_retry() -> None:
    api, clock = ScriptedApi(reply({}, 401), reply({"items": [1]})), Clock()
    answer = client_of(api, clock).get("/v1/invoices")
    assert api.sent("Authorization") == ["Bearer token-1", "Bearer token-2"]
    assert len(set(api.sent("MS-RequestId"))) == 1
    assert (answer.attempts, clock.sleeps) == (2, [])


def test_a_second_rejection_is_a_clear_sign_in_error() -> None:
    body = {"code": 900420, "description": "audience"}
    api = ScriptedApi(reply(body, 401), reply(body, 401))
    with pytest.raises(NotAuthorized, match=r"code 900420.*check the audience.*fetched just before") as caught:
        client_of(api).get("/v1/invoices")
    assert len(api.requests) == 2
    assert (caught.value.status, caught.value.code) == (401, "900420")


def test_a_rejection_between_retries_still_refreshes_only_once() -> None:
    api = ScriptedApi(reply({}, 503), reply({}, 401), reply({}, 503), reply())
    assert client_of(api).get("/v1/invoices").attempts == 4
    assert len(api.sign_ins) == 2


def test_many_threads_with_an_expired_token_sign_in_once() -> None:
    old, start = "Bearer token-1", threading.Barrier(8)

    def answer(request: httpx.Request) -> httpx.Response:
        if request.headers["Authorization"] == old:
            start.wait()
            return reply({}, 401)
        return reply()

    api = ScriptedApi(*[answer] * 16)
    client = client_of(api, concurrency=8)
    threads = [threading.Thread(target=client.get, args=("/v1/invoices",)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(api.sign_ins) == 2
    assert api.script == []


# Where the token may go


@pytest.mark.parametrize("url", ["http://api.example.test", "ftp://api.example.test", "api.example.test", ""])
@pytest.mark.parametrize("tail", ["", "/v1"])
def test_an_unsafe_base_url_is_refused_before_anything_is_sent(url: str, tail: str) -> None:
    with pytest.raises(SettingsError):
        client_of(ScriptedApi(), base_url=url + tail)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1.evil.test", "http://localhost.evil.test", "https://u:p@api.example.test"]
)
def test_a_disguised_base_url_is_refused(url: str) -> None:
    with pytest.raises(SettingsError):
        client_of(ScriptedApi(), base_url=url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:9"])
def test_plain_http_is_accepted_for_this_machine(url: str) -> None:
    api = ScriptedApi(reply())
    client_of(api, base_url=url).get("/v1/invoices")
    assert str(api.requests[0].url) == f"{url}/v1/invoices"


def test_a_redirect_is_an_error_and_never_followed() -> None:
    api = ScriptedApi(reply({}, 307, Location="https://evil.test/v1/invoices"))
    with pytest.raises(OriginRefused, match="never followed"):
        client_of(api).get("/v1/invoices")
    assert [request.url.host for request in api.requests] == ["api.example.test"]


def test_a_proxy_of_the_environment_is_not_asked_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "HTTP_PROXY", "http://proxy.test:3128")
    monkeypatch.setitem(os.environ, "ALL_PROXY", "http://proxy.test:3128")
    client = PartnerCenterClient(ClientOptions("http://127.0.0.1:1"), sign_in())
    assert client._session.http._mounts == {}


# Secrets


def test_a_library_error_that_quotes_the_token_is_masked() -> None:
    token = "eyJ0eXAiOiJKV1Qi.payload+slash/==.signature"
    quoted = [f"Illegal header value b'Bearer {token}'", token, f"Bearer {token}", repr(token.encode())]
    for text in quoted:
        api = ScriptedApi(*[httpx.ReadError(text)] * 6, grants=[grant(token)])
        with pytest.raises(Unavailable) as caught:
            client_of(api).get("/v1/invoices")
        assert "payload" not in whole_text(caught.value)


def test_a_protocol_error_of_our_own_is_not_retried_and_masked() -> None:
    api = ScriptedApi(httpx.LocalProtocolError("Illegal header value b'Bearer token-1'"))
    with pytest.raises(RequestRefused, match="nothing was sent") as caught:
        client_of(api).get("/v1/invoices")
    assert "token-1" not in whole_text(caught.value)


def test_an_error_body_that_echoes_the_token_is_masked() -> None:
    api = ScriptedApi(reply({"message": f"bad token token-1, {SECRET}"}, 403))
    with pytest.raises(Forbidden, match=r"bad token \*\*\*") as caught:
        client_of(api).get("/v1/invoices")
    assert SECRET not in whole_text(caught.value)


def test_the_observer_sees_everything_but_secrets() -> None:
    seen: list[str] = []

    class Watch:
        def request_sent(self, **about: object) -> None:
            seen.append(f"sent {about}")

        def answer_received(self, **about: object) -> None:
            seen.append(f"answer {about}")

        def attempt_failed(self, **about: object) -> None:
            seen.append(f"failed {about}")

        def waiting(self, **about: object) -> None:
            seen.append(f"waiting {about}")

    api = ScriptedApi(
        httpx.ReadError("Bearer token-1"),
        reply({}, 429, Retry_After="3"),
        reply(raw=b"12345"),
        grants=[grant("token-1")],
    )
    client_of(api, signed=sign_in(refresh_token=REFRESH), observer=Watch()).get("/v1/invoices")
    kinds = [line.split()[0] for line in seen]
    assert kinds == ["sent", "failed", "waiting", "sent", "answer", "failed", "waiting", "sent", "answer"]
    assert "'body_bytes': 5" in seen[-1]
    assert "429" in seen[6]
    assert not any("token-1" in line or SECRET in line or REFRESH in line for line in seen)


# Bodies


def test_a_gzip_body_is_decoded() -> None:
    api = ScriptedApi(reply(raw=zipped(PAGE), Content_Encoding="gzip", Content_Length=str(len(zipped(PAGE)))))
    assert client_of(api).get("/v1/invoices").body == PAGE


def test_a_gzip_body_in_single_bytes_is_decoded() -> None:
    big = json.dumps([os.urandom(20).hex() for _ in range(500)]).encode()
    pieces = [bytes([byte]) for byte in zipped(big)]
    api = ScriptedApi(reply(stream=Chunks(pieces), Content_Encoding="GZip"))
    assert client_of(api).get("/v1/invoices").body == big


def test_a_large_gzip_body_survives_the_piecewise_decoding() -> None:
    big = b"".join(b'{"n":%d}' % number for number in range(400_000))
    api = ScriptedApi(reply(raw=zipped(big), Content_Encoding="gzip"))
    assert client_of(api).get("/v1/invoices").body == big


BROKEN_BODIES = {
    "shorter than announced": reply(raw=PAGE[:-5], Content_Length=str(len(PAGE))),
    "longer than announced": reply(raw=PAGE + b" ", Content_Length=str(len(PAGE))),
    "two lengths": reply(raw=PAGE, Content_Length=f"{len(PAGE)}, 7"),
    "no gzip at all": reply(raw=PAGE, Content_Encoding="gzip"),
    "gzip without its end": reply(raw=zipped(PAGE)[:-9], Content_Encoding="gzip"),
    "gzip without its check sum": reply(raw=zipped(PAGE)[:-8], Content_Encoding="gzip"),
    "gzip with a wrong check sum": reply(raw=zipped(PAGE)[:-8] + b"\0" * 8, Content_Encoding="gzip"),
    "gzip with two members": reply(raw=zipped(PAGE[:20]) + zipped(PAGE[20:]), Content_Encoding="gzip"),
    "gzip with two members in two pieces": reply(
        stream=Chunks([zipped(PAGE[:20]), zipped(PAGE[20:])]), Content_Encoding="gzip"
    ),
    "gzip with a tail": reply(raw=zipped(PAGE) + b"tail", Content_Encoding="gzip"),
    "deflate under the name of gzip": reply(raw=zlib.compress(PAGE), Content_Encoding="gzip"),
    "reset in the middle": reply(stream=Chunks([PAGE[:10]], httpx.ReadError("reset"))),
}


@pytest.mark.parametrize("why", BROKEN_BODIES)
def test_a_body_that_did_not_arrive_whole_is_asked_for_again(why: str) -> None:
    api = ScriptedApi(BROKEN_BODIES[why], reply(raw=PAGE))
    answer = client_of(api).get("/v1/invoices")
    assert (answer.body, answer.attempts) == (PAGE, 2)


def test_a_body_that_trickles_ends_at_the_deadline() -> None:
    clock = Clock()

    def tick() -> None:
        clock.time += 10

    api = ScriptedApi(reply(stream=Chunks([b" "] * 1000, each=tick)), reply(raw=PAGE))
    assert client_of(api, clock, body_deadline_seconds=60).get("/v1/invoices").attempts == 2


def test_a_body_beyond_the_size_limit_is_refused() -> None:
    for answer in (reply(raw=b" " * 2000), reply(raw=zipped(b" " * 2000), Content_Encoding="gzip")):
        with pytest.raises(PageContractBroken, match=r"max_body_bytes.*request id"):
            client_of(ScriptedApi(answer), max_body_bytes=1000).get("/v1/invoices")


def test_a_body_that_inflates_too_far_is_refused() -> None:
    api = ScriptedApi(reply(raw=zipped(b" " * 50_000_000), Content_Encoding="gzip"))
    with pytest.raises(PageContractBroken, match="max_inflate_ratio"):
        client_of(api).get("/v1/invoices")


def test_an_encoding_nobody_asked_for_is_refused() -> None:
    with pytest.raises(PageContractBroken, match="br"):
        client_of(ScriptedApi(reply(raw=b"x", Content_Encoding="br"))).get("/v1/invoices")


def test_an_error_with_a_broken_body_keeps_its_status() -> None:
    for answer in (
        reply(raw=b"junk", status=404, Content_Encoding="gzip"),
        reply(status=404, stream=Chunks([b"{"], httpx.ReadError("reset"))),
        reply(raw=b"", status=404, Content_Length="50"),
    ):
        with pytest.raises(NotFound):
            client_of(ScriptedApi(answer)).get("/v1/invoices/D1")


# What errors say

SHAPES = [
    (
        400,
        {"code": 3000, "description": "no such id", "data": ["subscription_id"], "source": "FD"},
        "3000",
        "no such id",
    ),
    (400, {"code": "3000", "description": "no such id", "data": [{"a": 1}]}, "3000", "no such id"),
    (400, {"Code": 20002, "Description": "no such id"}, "20002", "no such id"),
    (429, {"statusCode": 429, "message": "Rate limit is exceeded."}, None, "Rate limit is exceeded."),
    (400, {"message": "The request is invalid."}, None, "The request is invalid."),
    (
        403,
        {"error": {"code": "unAuthorized", "message": "no", "innerError": {"code": "inner", "message": "deep"}}},
        "unAuthorized",
        "inner: deep",
    ),
    (400, {"error": "invalid_grant", "error_description": "gone", "error_codes": [1]}, "invalid_grant", "gone"),
    (400, [1, 2], None, "[1, 2]"),
]


@pytest.mark.parametrize(("status", "body", "code", "text"), SHAPES)
def test_every_error_shape_becomes_code_and_text(status: int, body: object, code: str | None, text: str) -> None:
    client = client_of(ScriptedApi(reply(body, status)), max_attempts=1)
    with pytest.raises((RequestRefused, Throttled, Forbidden)) as caught:
        client.get("/v1/invoices")
    assert caught.value.code == code
    assert caught.value.status == status
    assert text in str(caught.value)
    assert caught.value.request_id in str(caught.value)
    assert client.correlation_id in str(caught.value)


@pytest.mark.parametrize(
    "raw", [b"", b"<html>\n<b>Bad\x00 gateway</b>", b"\xff\xfe\x00", b"\xef\xbb\xbf{}", b"[" * 100_000, b"null"]
)
def test_an_unreadable_error_body_is_still_one_clear_line(raw: bytes) -> None:
    with pytest.raises(RequestRefused, match="GET /v1/invoices was answered 400 Bad Request") as caught:
        client_of(ScriptedApi(reply(raw=raw, status=400))).get("/v1/invoices")
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 1500


def test_a_bom_before_an_error_is_read_over() -> None:
    with pytest.raises(RequestRefused) as caught:
        client_of(ScriptedApi(reply(raw=b'\xef\xbb\xbf{"code": 7, "description": "d"}', status=400))).get("/v1/x")
    assert caught.value.code == "7"


def test_a_resource_that_needs_a_user_says_so() -> None:
    with pytest.raises(Forbidden, match="set a refresh token"):
        client_of(ScriptedApi(reply({"code": 900329, "description": "no"}, 403))).get("/v1/invoices/D1")


@pytest.mark.parametrize(
    "wrong", [{"requests_per_minute": 0}, {"max_attempts": 0}, {"concurrency": -1}, {"application": "a\nb"}]
)
def test_options_that_cannot_work_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(SettingsError):
        client_of(ScriptedApi(), **wrong)
