"""Clients that others wrote find what they ask for, asking in their own ways.

The requests are those that two of them send: a generated Python one, and one for Node that brings a scope to the
first version of the token endpoint, looks into its token for the end of it, and reads PDFs as bytes.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import httpx
import pytest

from pipelines.sandbox import SandboxApp, World
from pipelines.sandbox.server import serve

AUDIENCE = "https://api.partnercenter.microsoft.com"
SECRET = {"client_id": "1", "client_secret": "1"}
SIGN_INS: dict[str, tuple[str, dict[str, str]]] = {
    "a scope at the first version": ("/partner.example/oauth2/token", {"scope": f"{AUDIENCE}/.default", **SECRET}),
    "a resource with the version in the query": (
        "/common/oauth2/token?api-version=1.0",
        {"resource": AUDIENCE, "scope": "openid", **SECRET},
    ),
    "several scopes at the second version": (
        "/organizations/oauth2/v2.0/token",
        {"scope": f"offline_access {AUDIENCE}/user_impersonation openid", **SECRET},
    ),
    "a public client without a secret": ("/common/oauth2/token", {"resource": AUDIENCE, "client_id": "1"}),
    "a certificate": (
        "/tenant/oauth2/v2.0/token",
        {"scope": f"{AUDIENCE}/.default", "client_id": "1", "client_assertion": "header.claims.signature"},
    ),
}


@pytest.fixture(scope="module")
def http(world: World) -> Iterator[httpx.Client]:
    with httpx.Client(transport=httpx.WSGITransport(SandboxApp(world)), base_url="http://sandbox") as client:
        yield client


def signed_in(http: httpx.Client, path: str = "/common/oauth2/token", **form: str) -> dict[str, Any]:
    wanted = {"grant_type": "refresh_token", "refresh_token": "mine", "resource": AUDIENCE, **SECRET, **form}
    answer = http.post(path, data=wanted)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def plain(http: httpx.Client, path: str, **headers: str) -> httpx.Response:
    """A GET with nothing but a token, as most clients send it."""
    token = signed_in(http)["access_token"]
    return http.get(path, headers={"Authorization": f"bearer {token}", **headers})


@pytest.mark.parametrize("way", SIGN_INS)
def test_a_sign_in_works_however_it_is_sent(http: httpx.Client, way: str) -> None:
    path, form = SIGN_INS[way]
    answer = http.post(path, data={"grant_type": "refresh_token", "refresh_token": "mine", **form})
    assert answer.status_code == 200, answer.text
    token = answer.json()["access_token"]
    assert http.get("/v1/invoices/summaries", headers={"Authorization": f"Bearer {token}"}).status_code == 200


@pytest.mark.parametrize(("grant", "field"), [("authorization_code", "code"), ("password", "password")])
def test_a_user_signs_in_for_the_first_time(http: httpx.Client, grant: str, field: str) -> None:
    assert signed_in(http, grant_type=grant, **{field: "any"})["refresh_token"]
    refused = http.post(
        "/common/oauth2/token", data={"grant_type": grant, field: "wrong", "resource": AUDIENCE, **SECRET}
    )
    assert refused.status_code == 400


def test_an_access_token_says_when_it_ends_and_for_whom_it_is(http: httpx.Client) -> None:
    """A client that cannot see the end of its token signs in again before each call."""
    payload = signed_in(http)["access_token"].split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert claims["aud"] == AUDIENCE
    assert claims["exp"] - claims["iat"] == 3600


def test_customers_and_orders_are_listed_in_one_answer(http: httpx.Client, world: World) -> None:
    headers = {"Content-Type": "application/json; charset=utf-8", "accept-language": "en-US"}
    customers = plain(http, "/v1/customers", **headers).json()["items"]
    assert len(customers) == sum(customer.is_listed for customer in world.customers)
    listed = 0
    for customer in customers[:20]:
        assert plain(http, f"/v1/customers/{customer['id']}", **headers).json()["id"] == customer["id"]
        listed += len(plain(http, f"/v1/customers/{customer['id']}/orders", **headers).json()["items"])
    assert listed > 0


def test_invoices_are_listed_and_their_statements_come_as_bytes(http: httpx.Client) -> None:
    invoices = plain(http, "/v1/invoices").json()["items"]
    for invoice in invoices[:5]:
        accept = "application/json, text/plain, */*"
        pdf = plain(http, f"/v1/invoices/{invoice['id']}/documents/statement", Accept=accept)
        assert pdf.content.startswith(b"%PDF-")
        assert pdf.content.rstrip().endswith(b"%%EOF")
        assert len(pdf.content) == int(pdf.headers["Content-Length"])


def test_json_can_be_read_without_knowing_of_byte_order_marks(http: httpx.Client, world: World) -> None:
    for customer in world.customers[:30]:
        if customer.is_listed:
            json.loads(plain(http, f"/v1/customers/{customer.id}").content)


def test_a_next_link_can_be_followed_as_it_stands(http: httpx.Client, world: World) -> None:
    """Two question marks and all, with the headers that it names."""
    seen: list[str] = []
    page = plain(http, "/v1/customers?size=25").json()
    while True:
        seen += [item["id"] for item in page["items"]]
        link = page["links"].get("next")
        token = page.get("continuationToken")
        if link is None and token is None:
            break
        uri = link["uri"] if link else "/v1/customers?size=25&seekOperation=Next"
        headers = {one["key"]: one["value"] for one in link["headers"]} if link else {"MS-ContinuationToken": token}
        page = plain(http, uri if uri.startswith("/v1") else f"/v1{uri}", **headers).json()
    assert len(seen) == len(set(seen)) == sum(customer.is_listed for customer in world.customers)


def test_following_the_link_of_the_invoices_comes_to_an_end(http: httpx.Client) -> None:
    uri, pages = "/invoices", 0
    while uri:
        page = plain(http, f"/v1{uri}").json()
        uri, pages = page["links"].get("next", {}).get("uri", ""), pages + 1
        assert pages < 5


@pytest.mark.parametrize("path", ["/v1/customers/", "/V1/Customers", "/v1/Invoices?unknown=1&$top=5"])
def test_small_differences_of_a_path_make_none(http: httpx.Client, path: str) -> None:
    assert plain(http, path).status_code == 200


def test_an_answer_carries_ids_though_none_were_sent(http: httpx.Client) -> None:
    answer = plain(http, "/v1/customers?size=5")
    assert len(answer.headers["MS-RequestId"]) == len(answer.headers["MS-CorrelationId"]) == 36


def test_the_port_answers_a_question_for_headers_alone(world: World) -> None:
    """And keeps the connection in order for the next one."""
    with serve(SandboxApp(world)) as server, httpx.Client(base_url=server.url) as client:
        token = signed_in(client)["access_token"]
        own = {"Authorization": f"Bearer {token}"}
        head = client.head("/v1/invoices", headers=own)
        assert (head.status_code, head.content) == (200, b"")
        total = json.loads(client.get("/v1/invoices", headers=own).content, parse_float=Decimal)["totalCount"]
        assert total > 0
