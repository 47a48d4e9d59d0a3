"""The real client over the pretend Partner Center, in process: no socket, no waiting."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import httpx

from pipelines.load import LoadResult, load
from pipelines.partner_center.auth import SignIn
from pipelines.partner_center.client import ClientOptions, PartnerCenterClient
from pipelines.partner_center.clients import Clients, make_clients
from pipelines.partner_center.walks import WalkOutcome
from pipelines.plans import LoadOptions
from pipelines.sandbox import DEFAULT_CLOCK, SandboxApp
from pipelines.warehouse import Folders, open_build

API = "https://sandbox.example.test"


class Silent:
    """Watches a load and keeps its outcomes."""

    def __init__(self) -> None:
        self.outcomes: list[WalkOutcome] = []

    def phase(self, name: str, partitions: int) -> None:
        pass

    def page_read(self, partition_id: str, items: int) -> None:
        pass

    def partition_done(self, outcome: WalkOutcome) -> None:
        self.outcomes.append(outcome)


def sign_in_of(*, user: bool = True) -> SignIn:
    """Signed in as app and user, or as the app alone."""
    return SignIn(
        tenant_id="11111111-2222-3333-4444-555555555555",
        client_id="66666666-7777-8888-9999-000000000000",
        client_secret="sandbox-secret",
        # One consent for each: a token that was rotated by one reader is dead for the next.
        refresh_token=f"consent-{uuid.uuid4().hex}" if user else None,
        authority_url=API,
        audience="https://api.partnercenter.microsoft.com",
    )


def clients_of(app: SandboxApp, *, user: bool = True) -> Clients:
    """Clients of the sandbox, signed in as app and user, or as the app alone."""
    return make_clients(
        ClientOptions(base_url=API, requests_per_minute=10_000_000),
        sign_in_of(user=user),
        partner_api_url=API,
        graph_url=f"{API}/v1.0",
        transport=httpx.WSGITransport(app=app),
        sleep=lambda seconds: None,
    )


def client_of(app: SandboxApp, *, user: bool = True) -> PartnerCenterClient:
    """The client of Partner Center itself."""
    return clients_of(app, user=user).partner_center


def folders_in(path: Path) -> Folders:
    """An empty data directory."""
    folders = Folders(path)
    folders.make()
    return folders


def load_at(
    folders: Folders, app: SandboxApp, days: int = 0, *, user: bool = True, sweep: bool = False
) -> LoadResult:
    """A load, so many days after the sandbox's usual clock; `sweep` reads every customer."""
    app.clock = DEFAULT_CLOCK + timedelta(days=days)
    with clients_of(app, user=user) as clients:
        return load(folders, clients, app.clock, Silent(), options=LoadOptions(sweep=sweep))


def rows_of(folders: Folders, query: str) -> list[tuple[object, ...]]:
    """What the working database answers."""
    connection: duckdb.DuckDBPyConnection
    with open_build(folders) as connection:
        return connection.execute(query).fetchall()


def moment(text: str) -> datetime:
    """An ISO moment."""
    return datetime.fromisoformat(text)
