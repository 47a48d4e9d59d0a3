"""Signing in: which form, how early, how often, and in which order things are kept."""

from __future__ import annotations

import threading
import traceback

import httpx
import pytest
from scripted_api import API, AUTHORITY, REFRESH, SECRET, Clock, ScriptedApi, client_of, grant, reply, sign_in

from pipelines.errors import NotAuthorized, OriginRefused, ReconError, SettingsError, Unavailable
from pipelines.partner_center.auth import TokenSource


def source_of(api: ScriptedApi, clock: Clock | None = None, save=None, **changes) -> TokenSource:
    clock = clock or Clock()
    http = httpx.Client(transport=api, trust_env=False)
    return TokenSource(
        sign_in(**changes), http=http, save_refresh_token=save, now=clock, sleep=clock.sleep, clock=clock
    )


def whole_text(error: BaseException) -> str:
    """Everything that a log, a trace or a debugger would show of an error and what led to it."""
    shown = "".join(traceback.format_exception(error))
    while error is not None:
        shown += repr(error) + str(error.args)
        error = error.__cause__ or error.__context__
    return shown


def test_the_app_alone_signs_in_with_its_secret() -> None:
    api = ScriptedApi()
    tokens = source_of(api)
    assert (tokens.mode, tokens.token()) == ("app_only", "token-1")
    assert api.sign_ins == [
        {
            "grant_type": "client_credentials",
            "client_id": sign_in().client_id,
            "client_secret": SECRET,
            "resource": API,
        }
    ]


def test_app_and_user_sign_in_with_the_refresh_token() -> None:
    api = ScriptedApi()
    tokens = source_of(api, refresh_token=REFRESH)
    tokens.token()
    assert tokens.mode == "app_user"
    form = api.sign_ins[0]
    assert (form["grant_type"], form["refresh_token"], form["scope"]) == ("refresh_token", REFRESH, "openid")
    assert form["resource"] == API


def test_the_second_endpoint_takes_a_scope_and_sends_numbers() -> None:
    paths = []

    def answer(request: httpx.Request) -> httpx.Response:
        paths.append(request.url.path)
        return grant("token", expires_in=3599)

    api = ScriptedApi(grants=[answer])
    source_of(api, endpoint_version="v2").token()
    assert paths[0].endswith("/oauth2/v2.0/token")
    assert api.sign_ins[0]["scope"] == f"{API}/.default"
    assert "resource" not in api.sign_ins[0]


def test_a_token_is_used_until_shortly_before_its_end() -> None:
    clock = Clock()
    tokens = source_of(ScriptedApi(), clock)
    assert tokens.token() == "token-1"
    clock.time += 3200
    assert tokens.token() == "token-1"
    clock.time += 150
    assert tokens.token() == "token-2"


def test_many_threads_that_see_the_same_rejection_fetch_one_token() -> None:
    api = ScriptedApi()
    tokens = source_of(api)
    rejected = tokens.token()
    start = threading.Barrier(16)
    got = []

    def ask() -> None:
        start.wait()
        got.append(tokens.refresh(rejected))

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == ["token-2"] * 16
    assert len(api.sign_ins) == 2


def test_a_new_refresh_token_is_saved_before_the_access_token_is_used() -> None:
    events = []

    def answer(request: httpx.Request) -> httpx.Response:
        events.append(f"used {request.headers['Authorization']}")
        return reply()

    api = ScriptedApi(answer, grants=[grant("access", refresh_token="refresh-token-two")])
    client = client_of(api, signed=sign_in(refresh_token=REFRESH), save=lambda token: events.append(f"saved {token}"))
    client.get("/v1/invoices")
    assert events == ["saved refresh-token-two", "used Bearer access"]


def test_the_rotated_refresh_token_is_the_one_redeemed_next() -> None:
    api = ScriptedApi(grants=[grant("a1", refresh_token="refresh-token-two"), grant("a2")])
    saved: list[str] = []
    tokens = source_of(api, save=saved.append, refresh_token=REFRESH)
    tokens.refresh(tokens.token())
    assert [form["refresh_token"] for form in api.sign_ins] == [REFRESH, "refresh-token-two"]
    assert saved == ["refresh-token-two"]


def test_an_unchanged_refresh_token_is_not_saved_again() -> None:
    saved: list[str] = []
    source_of(
        ScriptedApi(grants=[grant("a", refresh_token=REFRESH)]), save=saved.append, refresh_token=REFRESH
    ).token()
    assert saved == []


def test_a_token_whose_refresh_token_could_not_be_saved_is_not_used() -> None:
    saved: list[str] = []

    def save(token: str) -> None:
        saved.append(token)
        if len(saved) == 1:
            raise PermissionError(f"cannot write {token}")

    api = ScriptedApi(reply(), grants=[grant("access-one", refresh_token="refresh-token-two"), grant("access-two")])
    client = client_of(api, signed=sign_in(refresh_token=REFRESH), save=save)
    with pytest.raises(SettingsError, match="could not be saved") as caught:
        client.get("/v1/invoices")
    assert api.requests == []
    assert "refresh-token-two" not in whole_text(caught.value)
    # The next try redeems the new one, and saves it at last although the service does not repeat it.
    client.get("/v1/invoices")
    assert api.sign_ins[1]["refresh_token"] == "refresh-token-two"
    assert saved == ["refresh-token-two", "refresh-token-two"]
    assert api.sent("Authorization") == ["Bearer access-two"]


def test_a_refused_sign_in_is_explained_and_not_tried_again() -> None:
    body = {"error": "invalid_grant", "error_description": "AADSTS50173: expired", "error_codes": [50173]}
    api = ScriptedApi(grants=[reply(body, 400)])
    tokens = source_of(api, refresh_token=REFRESH)
    for _ in range(3):
        with pytest.raises(NotAuthorized, match=r"AADSTS50173.*give consent again") as caught:
            tokens.token()
        assert caught.value.code == "invalid_grant"
    assert len(api.sign_ins) == 1


@pytest.mark.parametrize(
    ("description", "advice"),
    [
        ("AADSTS7000222: The provided client secret keys are expired.", "has ended: make a new one"),
        ("AADSTS900382: Confidential Client is not supported in Cross Cloud request.", "of different clouds"),
        ("AADSTS50076: you must use multi-factor authentication", "A second factor is asked for"),
        ("something that nobody wrote down", "Check tenant id, client id, client secret"),
    ],
)
def test_what_to_do_about_a_refusal_follows_its_code(description: str, advice: str) -> None:
    api = ScriptedApi(grants=[reply({"error": "invalid_client", "error_description": description}, 401)])
    with pytest.raises(NotAuthorized, match=advice):
        source_of(api).token()


def test_a_busy_sign_in_service_is_asked_again() -> None:
    clock = Clock()
    api = ScriptedApi(
        grants=[
            reply({}, 503, Retry_After="5"),
            httpx.ConnectError("no route"),
            reply(raw=b"<html>"),
            grant("token"),
        ]
    )
    assert source_of(api, clock).token() == "token"
    assert len(clock.sleeps) == 3
    assert clock.sleeps[0] >= 5


def test_a_sign_in_service_that_stays_away_is_unavailable() -> None:
    api = ScriptedApi(grants=[httpx.ConnectError("no route")] * 6)
    with pytest.raises(Unavailable, match=r"sign-in service https://login.example.test .*no route"):
        source_of(api).token()


def test_a_redirect_of_the_sign_in_is_refused() -> None:
    api = ScriptedApi(grants=[reply({}, 302, Location="https://evil.test/")])
    with pytest.raises(OriginRefused):
        source_of(api).token()
    assert len(api.sign_ins) == 1


@pytest.mark.parametrize(
    "token", ["two\nlines-of-token", "blank in-token", "tökentöken", "tail-of-token\r\n", "nul\0token"]
)
def test_a_token_that_cannot_stand_in_a_header_is_refused_and_not_shown(token: str) -> None:
    api = ScriptedApi(grants=[grant(token)])
    with pytest.raises(NotAuthorized, match="cannot stand in a header") as caught:
        client_of(api).get("/v1/invoices")
    assert api.requests == []
    for piece in (token, repr(token)[1:-1], *token.split()):
        assert piece not in whole_text(caught.value) or len(piece) < 4


@pytest.mark.parametrize(
    "body", [{}, {"access_token": ""}, {"access_token": "t0ken", "token_type": "mac"}, {"access_token": 5}]
)
def test_an_answer_without_a_bearer_token_is_refused(body: dict[str, object]) -> None:
    with pytest.raises(NotAuthorized):
        source_of(ScriptedApi(grants=[reply(body)])).token()


def test_an_error_that_quotes_secrets_is_masked() -> None:
    body = {"error": "invalid_client", "error_description": f"secret {SECRET} and {REFRESH} are wrong"}
    api = ScriptedApi(grants=[reply(body, 401)])
    with pytest.raises(NotAuthorized) as caught:
        source_of(api, refresh_token=REFRESH).token()
    assert SECRET not in whole_text(caught.value)
    assert REFRESH not in whole_text(caught.value)


def test_a_library_error_that_quotes_the_form_is_masked() -> None:
    api = ScriptedApi(grants=[httpx.ReadError(f"sent client_secret={SECRET}&refresh_token={REFRESH}")] * 6)
    with pytest.raises(Unavailable) as caught:
        source_of(api, refresh_token=REFRESH).token()
    assert SECRET not in whole_text(caught.value)
    assert REFRESH not in whole_text(caught.value)


def test_nothing_secret_is_in_any_repr() -> None:
    signed = sign_in(refresh_token=REFRESH)
    tokens = source_of(ScriptedApi(), refresh_token=REFRESH)
    client = client_of(ScriptedApi(), signed=signed)
    shown = repr(signed) + repr(tokens) + repr(client) + repr(tokens.mask) + tokens.token()[:0]
    assert SECRET not in shown
    assert REFRESH not in shown


@pytest.mark.parametrize(
    "changes",
    [
        {"authority_url": "http://login.example.test"},
        {"authority_url": "login.example.test"},
        {"authority_url": "https://user@login.example.test"},
        {"tenant_id": "../common"},
        {"tenant_id": ""},
        {"client_secret": ""},
        {"client_id": ""},
        {"audience": ""},
    ],
)
def test_a_sign_in_that_cannot_work_is_refused_before_anything_is_sent(changes: dict[str, str]) -> None:
    with pytest.raises(SettingsError) as caught:
        source_of(ScriptedApi(), **changes)
    assert isinstance(caught.value, ReconError)
    assert SECRET not in str(caught.value)


def test_plain_http_is_fine_on_this_machine() -> None:
    assert source_of(ScriptedApi(), authority_url="http://127.0.0.1:8123").mode == "app_only"
    assert AUTHORITY.startswith("https")


def test_no_log_line_of_any_library_holds_a_secret(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    api = ScriptedApi(
        reply({}, 401), httpx.ReadError("reset"), reply(), grants=[grant("access-one"), grant("access-two")]
    )
    client_of(api, signed=sign_in(refresh_token=REFRESH)).get("/v1/invoices")
    assert caplog.records
    assert not any(secret in caplog.text for secret in (SECRET, REFRESH, "access-one", "access-two"))
