"""The clouds differ by settings only: each asks its own API, signs in at its own place, and no other."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs

import httpx
import pytest

import pipelines.session as session
from pipelines.doctor import examine
from pipelines.errors import SettingsError
from pipelines.load import load
from pipelines.partner_center.clients import Clients, make_clients
from pipelines.plans import LoadOptions
from pipelines.settings import SECTION, Settings, read_settings
from pipelines.warehouse import Folders
from tests.sandboxed import Silent

TENANT = "11111111-2222-3333-4444-555555555555"
SIGN_IN = {"TENANT_ID": TENANT, "CLIENT_ID": "app", "CLIENT_SECRET": "secret", "REFRESH_TOKEN": "consent"}
GLOBAL_API, CHINA_API = "api.partnercenter.microsoft.com", "partner.partnercenterapi.microsoftonline.cn"
PRICES = "https://api.partner.microsoft.com"
CLOUDS = {
    "global": ({}, GLOBAL_API, "login.microsoftonline.com"),
    "US Government": ({"AUTHORITY_URL": "https://login.microsoftonline.us"}, GLOBAL_API, "login.microsoftonline.us"),
    "Germany": ({"AUTHORITY_URL": "https://login.microsoftonline.de"}, GLOBAL_API, "login.microsoftonline.de"),
    "China": ({"BASE_URL": f"https://{CHINA_API}"}, CHINA_API, "login.partner.microsoftonline.cn"),
}
EVERY = pytest.mark.parametrize("name", CLOUDS)
NATIONAL = pytest.mark.parametrize("name", [name for name in CLOUDS if name != "global"])


class Recorder(httpx.BaseTransport):
    """Answers every question shortly, and remembers whom it was asked of."""

    def __init__(self) -> None:
        self.sign_ins: list[tuple[str, str, dict[str, str]]] = []
        self.calls: list[tuple[str, str]] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        host, path = request.url.host, request.url.path
        if "oauth2" in path:
            form = {key: values[0] for key, values in parse_qs(request.read().decode()).items()}
            self.sign_ins.append((host, path, form))
            token = {"token_type": "Bearer", "expires_in": "3600", "access_token": f"for-{form['resource']}"}
            return httpx.Response(200, json=token)
        self.calls.append((host, request.headers["authorization"]))
        if "sales" in path:
            return httpx.Response(200, content=b'"CurrencyCode","USDPerUnit","Month"\n')
        return httpx.Response(200, content=json.dumps({"totalCount": 0, "items": []}))


def settings_of(folder: Path, cloud: Mapping[str, str]) -> Settings:
    variables = {f"{SECTION}{name}": value for name, value in {**SIGN_IN, **cloud}.items()}
    return read_settings({"RECON_DATA_DIR": str(folder / "data"), **variables}, folder)


@contextmanager
def clients_of(settings: Settings, wire: Recorder, folders: Folders) -> Iterator[Clients]:
    """The clients of these settings as a run opens them, over a wire that remembers."""

    def recorded(*args: object, **kwargs: object) -> Clients:
        return make_clients(*args, **{**kwargs, "transport": wire})  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "make_clients", recorded)
        with session.open_clients(settings, folders) as clients:
            yield clients


def folders_of(folder: Path) -> Folders:
    folders = Folders(folder / "data")
    folders.make()
    return folders


@EVERY
def test_a_cloud_is_asked_at_its_host_with_a_token_for_it(tmp_path: Path, name: str) -> None:
    cloud, api, authority = CLOUDS[name]
    wire = Recorder()
    with clients_of(settings_of(tmp_path, cloud), wire, folders_of(tmp_path)) as clients:
        clients.partner_center.get("/v1/customers")
    ((host, path, form),) = wire.sign_ins
    assert (host, path) == (authority, f"/{TENANT}/oauth2/token")
    assert (form["grant_type"], form["resource"], form["scope"]) == ("refresh_token", f"https://{api}", "openid")
    assert wire.calls == [(api, f"Bearer for-https://{api}")]


def test_the_global_cloud_has_tokens_of_their_own_for_prices_and_exports(tmp_path: Path) -> None:
    wire = Recorder()
    with clients_of(settings_of(tmp_path, {}), wire, folders_of(tmp_path)) as clients:
        assert clients.partner_api is not None
        clients.partner_api.get("/v1.0/sales/fxrates(Month='202609')/$value")
        clients.graph.get("/reports/partners/billing/operations/1")
    assert [(host, form["resource"]) for host, _, form in wire.sign_ins] == [
        ("login.microsoftonline.com", PRICES),
        ("login.microsoftonline.com", "https://graph.microsoft.com"),
    ]
    assert [host for host, _ in wire.calls] == ["api.partner.microsoft.com", "graph.microsoft.com"]


@EVERY
def test_a_load_stays_inside_its_cloud(tmp_path: Path, name: str) -> None:
    cloud, api, authority = CLOUDS[name]
    settings, folders, wire = settings_of(tmp_path, cloud), folders_of(tmp_path), Recorder()
    with clients_of(settings, wire, folders) as clients:
        load(
            folders,
            clients,
            datetime(2026, 10, 14, tzinfo=UTC),
            Silent(),
            frozenset({"customers"}),
            LoadOptions(settings.line_items_api),
        )
    assert {host for host, _, _ in wire.sign_ins} == {authority}
    assert {host for host, _ in wire.calls} == {api}


@NATIONAL
def test_a_national_cloud_has_neither_exports_nor_prices_of_another_cloud(tmp_path: Path, name: str) -> None:
    settings = settings_of(tmp_path, CLOUDS[name][0])
    assert (settings.line_items_api, settings.partner_api_url) == ("v1", None)
    with clients_of(settings, Recorder(), folders_of(tmp_path)) as clients:
        assert clients.partner_api is None
    with pytest.raises(SettingsError, match="global cloud only"):
        settings_of(tmp_path, {**CLOUDS[name][0], "LINE_ITEMS_API": "graph"})


@NATIONAL
def test_prices_can_be_given_a_sign_in_of_the_global_cloud_which_never_sees_the_consent(
    tmp_path: Path, name: str
) -> None:
    cloud = {**CLOUDS[name][0], "PARTNER_API_AUTHORITY_URL": "https://login.microsoftonline.com"}
    wire = Recorder()
    with clients_of(settings_of(tmp_path, cloud), wire, folders_of(tmp_path)) as clients:
        assert clients.partner_api is not None
        clients.partner_api.get("/v1.0/sales/fxrates(Month='202609')/$value")
    ((host, _, form),) = wire.sign_ins
    assert (host, form["grant_type"], form["resource"]) == ("login.microsoftonline.com", "client_credentials", PRICES)
    assert "consent" not in form.values()


@pytest.mark.parametrize(
    ("settings", "hint"),
    [
        (
            {"BASE_URL": f"https://{CHINA_API}", "AUTHORITY_URL": "https://login.microsoftonline.com"},
            "sign in at https://login.partner.microsoftonline.cn",
        ),
        (
            {"BASE_URL": f"https://{GLOBAL_API}", "AUTHORITY_URL": "https://login.partner.microsoftonline.cn"},
            "sign in at https://login.microsoftonline.com",
        ),
        ({"AUDIENCE": f"https://{CHINA_API}"}, f"set https://{GLOBAL_API}"),
        ({"AUDIENCE": "https://graph.windows.net"}, f"set https://{GLOBAL_API}"),
    ],
)
def test_what_certainly_cannot_work_is_refused_before_any_call(
    tmp_path: Path, settings: dict[str, str], hint: str
) -> None:
    with pytest.raises(SettingsError, match="does not take tokens") as refused:
        settings_of(tmp_path, settings)
    assert hint in str(refused.value)


def test_hosts_that_nobody_knows_are_not_judged(tmp_path: Path) -> None:
    sandbox = {
        "BASE_URL": "http://127.0.0.1:1",
        "AUTHORITY_URL": "http://127.0.0.1:1",
        "AUDIENCE": f"https://{CHINA_API}",
    }
    assert settings_of(tmp_path, sandbox).partner_api_url == PRICES
    assert settings_of(tmp_path, {"AUTHORITY_URL": "https://login.example.net"}).line_items_api == "auto"


def test_one_address_of_china_brings_the_other(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, {"AUTHORITY_URL": "https://login.partner.microsoftonline.cn"})
    assert (settings.base_url, settings.audience) == (f"https://{CHINA_API}", f"https://{CHINA_API}")


@EVERY
def test_doctor_says_what_the_cloud_offers(tmp_path: Path, name: str) -> None:
    found = {finding.name: finding for finding in examine(settings_of(tmp_path, CLOUDS[name][0]), None)}
    assert found["cloud"].text.startswith(name)
    assert ("no exports" in found["cloud"].text) is (name != "global")
    assert ("no price sheets" in found["cloud"].text) is (name != "global")
