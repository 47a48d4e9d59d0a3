"""Exports of the pretend API, step by step and without any care."""

from __future__ import annotations

import gzip
import json
from decimal import Decimal
from typing import Any

import httpx
import pytest
from conftest import TOKEN_FORM, Caller, lines_path

from pipelines.sandbox import Faults, SandboxApp, World

BILLING = "/v1.0/reports/partners/billing"


@pytest.fixture
def graph(world: World) -> Caller:
    """Signed in for Microsoft Graph."""
    return graph_of(SandboxApp(world))


def graph_of(app: SandboxApp) -> Caller:
    return Caller(app, TOKEN_FORM | {"resource": "https://graph.microsoft.com"})


def order(caller: Caller, path: str, body: dict[str, Any]) -> httpx.Response:
    return caller.http.post(f"{BILLING}/{path}", json=body, headers={"Authorization": f"Bearer {caller.bearer}"})


def finished(caller: Caller, ordered: httpx.Response) -> dict[str, Any]:
    """The last answer of an operation."""
    for _ in range(9):
        found: dict[str, Any] = json.loads(caller.get(httpx.URL(ordered.headers["Location"]).path).content)
        if found["status"] in ("succeeded", "completed", "failed"):
            return found
    raise AssertionError("never finished")


def manifest_of(caller: Caller, invoice_id: str) -> dict[str, Any]:
    found = finished(caller, order(caller, "reconciliation/billed/export", {"invoiceId": invoice_id}))
    link = found.get("resourceLocation@odata.navigationLink")
    inline: dict[str, Any] = found.get("resourceLocation") or caller.json(httpx.URL(link or "").path)
    return inline


def largest(world: World) -> str:
    return max(world.documents, key=lambda document: (len(document.charges), document.id)).id


def test_an_export_holds_the_lines_of_its_invoice(graph: Caller, world: World) -> None:
    invoice_id = largest(world)
    manifest = manifest_of(graph, invoice_id)
    assert manifest["blobCount"] == len(manifest["blobs"]) > 0
    rows = []
    for blob in manifest["blobs"]:
        file = graph.http.get(f"{manifest['rootDirectory']}/{blob['name']}?{manifest['sasToken']}")
        assert file.status_code == 200
        content = gzip.decompress(file.content).decode()
        rows += [json.loads(line, parse_float=Decimal) for line in content.splitlines()]
    lines = Caller(graph.app).rows(lines_path(invoice_id))
    assert len(rows) == len(lines)
    charged = [Decimal(str(line["subtotal"])) for line in lines]
    assert sum(Decimal(row["Subtotal"]) for row in rows) == sum(charged)
    assert all(key[0].isupper() for row in rows for key in row)


def test_a_tag_stays_while_the_data_does_and_a_key_is_new_each_time(graph: Caller, world: World) -> None:
    first, second = (manifest_of(graph, largest(world)) for _ in range(2))
    assert first["eTag"] == second["eTag"]
    assert first["sasToken"] != second["sasToken"]


def test_storage_takes_its_key_and_no_token(graph: Caller, world: World) -> None:
    manifest = manifest_of(graph, largest(world))
    place = f"{manifest['rootDirectory']}/{manifest['blobs'][0]['name']}"
    assert httpx.URL(place).host == "localhost"
    assert graph.http.get(place).status_code == 403
    assert graph.http.get(f"{place}?sig=guessed").status_code == 403
    key = manifest["sasToken"]
    assert graph.http.get(f"{place}?{key}", headers={"Authorization": "Bearer x"}).status_code == 400
    assert graph.http.get(f"{place}x?{key}").status_code == 404


def test_a_token_for_another_audience_is_refused(caller: Caller, world: World) -> None:
    refused = order(caller, "reconciliation/billed/export", {"invoiceId": largest(world)})
    assert refused.status_code == 401
    assert set(refused.json()["error"]) >= {"code", "message"}


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("reconciliation/billed/export", {}, 400),
        ("reconciliation/billed/export", {"invoiceId": "G0"}, 400),
        ("usage/unbilled/export", {"billingPeriod": "previous", "currencyCode": "USD"}, 400),
        ("usage/unbilled/export", {"billingPeriod": "last", "currencyCode": "usd"}, 400),
        ("usage/unbilled/export", {"billingPeriod": "last", "currencyCode": "USD", "attributeSet": "some"}, 400),
        ("usage/unbilled/export", {"billingPeriod": "last", "currencyCode": "USD"}, 202),
        ("prices/billed/export", {}, 404),
    ],
)
def test_an_order_is_as_documented_or_refused(graph: Caller, path: str, body: dict[str, Any], status: int) -> None:
    assert order(graph, path, body).status_code == status


def test_an_operation_that_nobody_ordered_is_not_found(graph: Caller) -> None:
    assert graph.get(f"{BILLING}/operations/nothing").status_code == 404


def test_where_nothing_is_open_there_is_no_data(graph: Caller) -> None:
    ordered = order(graph, "usage/unbilled/export", {"billingPeriod": "current", "currencyCode": "NOK"})
    found = finished(graph, ordered)
    assert (found["status"], found["error"]["code"]) == ("failed", "5000")


def test_a_fault_that_is_used_up_is_over(world: World) -> None:
    caller = graph_of(SandboxApp(world, faults=Faults(failing_exports=1)))
    body = {"invoiceId": largest(world)}
    words = [finished(caller, order(caller, "reconciliation/billed/export", body))["status"] for _ in range(2)]
    assert words[0] == "failed"
    assert words[1] != "failed"
