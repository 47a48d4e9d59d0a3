"""Where something may be bought, and that nothing is sent anywhere else."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import NoReturn

import pytest
from click.testing import CliRunner

from pipelines import session
from pipelines.buying import permission
from pipelines.buying.permission import IDENTITY, identity_of_server, place_to_buy
from pipelines.cli import cli
from pipelines.errors import SettingsError
from pipelines.sandbox import SandboxApp, build_world, serve
from pipelines.sandbox.app import IDENTITY as SAYS

TENANT = "aaaaaaaa-0000-4000-8000-000000000001"
OTHER = "bbbbbbbb-0000-4000-8000-000000000002"
REAL = "https://api.partnercenter.microsoft.com"


def never(base_url: str) -> NoReturn:
    raise AssertionError(f"{base_url} was asked")


@pytest.fixture(scope="module")
def stranger() -> Iterator[str]:
    """Some other server on this machine, which answers everything with a page."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>hello</html>")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_the_production_api_is_refused_without_any_call() -> None:
    with pytest.raises(SettingsError, match=r"Nothing was sent"):
        place_to_buy(REAL, TENANT, frozenset(), never)
    with pytest.raises(SettingsError, match="not among them"):
        place_to_buy(REAL, TENANT, frozenset({OTHER}), never)


def test_a_listed_tenant_may_buy_and_no_other() -> None:
    assert TENANT.upper() in place_to_buy(REAL, TENANT.upper(), frozenset({TENANT}), never)
    with pytest.raises(SettingsError):
        place_to_buy(REAL, None, frozenset({TENANT}), never)


def test_the_sandbox_says_who_it_is() -> None:
    assert SAYS == IDENTITY
    with serve(SandboxApp(build_world(scale=0.01))) as server:
        assert place_to_buy(server.url, TENANT, frozenset()) == "the built-in sandbox"


def test_another_server_on_this_machine_is_refused(stranger: str) -> None:
    assert identity_of_server(stranger) == ""
    with pytest.raises(SettingsError, match="does not say"):
        place_to_buy(stranger, TENANT, frozenset())


def test_a_port_where_nobody_listens_is_refused() -> None:
    assert identity_of_server("http://127.0.0.1:9") == ""


@pytest.mark.parametrize(
    "command",
    [
        ("create", "--item", "P:0001:A", "--customer", TENANT, "--confirm"),
        ("show", "some-cart", "--customer", TENANT),
        ("update", "some-cart", "--item", "P:0001:A", "--customer", TENANT, "--confirm"),
        ("checkout", "some-cart", "--customer", TENANT, "--confirm"),
    ],
)
def test_no_command_signs_in_or_sends_anything_where_buying_is_refused(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, tmp_path: str
) -> None:
    section = "SOURCES__PARTNER_CENTER__"
    settings = {"BASE_URL": REAL, "TENANT_ID": TENANT, "CLIENT_ID": "c", "CLIENT_SECRET": "s", "REFRESH_TOKEN": "r"}
    environment = {f"{section}{name}": value for name, value in settings.items()}

    def no_client(*_: object) -> NoReturn:
        raise AssertionError("a client was opened")

    monkeypatch.setattr(session, "open_clients", no_client)
    monkeypatch.setattr(permission, "identity_of_server", never)
    monkeypatch.chdir(tmp_path)
    done = CliRunner(env=environment | {"RECON_DATA_DIR": f"{tmp_path}/data"}).invoke(cli, ["cart", *command])
    assert isinstance(done.exception, SettingsError), done.output
