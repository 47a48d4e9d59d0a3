"""A small world and a plain caller, shared by the tests of the sandbox."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import httpx
import pytest

from pipelines.sandbox import SandboxApp, World, build_world

TOKEN_FORM = {
    "grant_type": "refresh_token",
    "client_id": "tests",
    "client_secret": "sandbox-secret",
    "refresh_token": "sandbox-refresh",
    "resource": "https://api.partnercenter.microsoft.com",
}


class Caller:
    """Calls a sandbox without any of the care that the real client takes."""

    def __init__(self, app: SandboxApp, form: dict[str, str] | None = None) -> None:
        self.app = app
        self.http = httpx.Client(transport=httpx.WSGITransport(app), base_url="http://sandbox")
        self.bearer = self.http.post("/tenant/oauth2/token", data=form or TOKEN_FORM).json()["access_token"]

    def get(self, path: str, **headers: str) -> httpx.Response:
        own = {
            "Authorization": f"Bearer {self.bearer}",
            "MS-RequestId": str(uuid.uuid4()),
            "MS-Contract-Version": "v1",
        }
        return self.http.get(path, headers={**own, **{k.replace("_", "-"): v for k, v in headers.items()}})

    def json(self, path: str, **headers: str) -> Any:
        response = self.get(path, **headers)
        assert response.status_code == 200, response.text
        return json.loads(response.content.decode("utf-8-sig"), parse_float=Decimal)

    def pages(self, path: str) -> Iterator[dict[str, Any]]:
        """Every page of a walk, wherever its token stands."""
        token = ""
        while True:
            more = {"MS_ContinuationToken": token} if token else {}
            page = self.json(path + ("&seekOperation=Next" if token else ""), **more)
            yield page
            in_link = [h["value"] for h in page["links"].get("next", {"headers": []})["headers"]]
            token = page.get("continuationToken") or "".join(in_link)
            if not token:
                return

    def rows(self, path: str) -> list[dict[str, Any]]:
        """The rows of a walk; a page that comes twice counts once."""
        seen: list[list[dict[str, Any]]] = []
        for page in self.pages(path):
            if page["items"] and page["items"] not in seen:
                seen.append(page["items"])
        return [row for page in seen for row in page]


def lines_path(invoice_id: str, size: int = 2000) -> str:
    return f"/v1/invoices/{invoice_id}/lineitems?provider=onetime&invoicelineitemtype=billinglineitems&size={size}"


@pytest.fixture(scope="session")
def world() -> World:
    """A tenth of the default world, with every plant."""
    return build_world(scale=0.1)


@pytest.fixture
def caller(world: World) -> Caller:
    """Signed in as app+user, with every quirk."""
    return Caller(SandboxApp(world))


@pytest.fixture
def plain_caller(world: World) -> Caller:
    """Signed in as app+user, without quirks."""
    return Caller(SandboxApp(world, quirks=False))
