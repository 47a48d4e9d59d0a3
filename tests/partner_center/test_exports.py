"""Lines as an export of the sandbox: the same rows as from v1, whatever goes wrong on the way."""

from __future__ import annotations

import json
import logging
import re
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import httpx
import pyarrow as pa
import pytest

from pipelines.errors import NotAuthorized, OriginRefused
from pipelines.landing import Landing, Manifest, Partition
from pipelines.partner_center.answers import SilentObserver
from pipelines.partner_center.client import ClientOptions
from pipelines.partner_center.clients import Clients, make_clients
from pipelines.partner_center.contract import ROW_ORIGIN, Endpoint
from pipelines.partner_center.endpoints import (
    DAILY_RATED_USAGE,
    INVOICE_LINE_ITEMS,
    UNBILLED_DAILY_USAGE,
    UNBILLED_LINE_ITEMS,
)
from pipelines.partner_center.exports import reader
from pipelines.partner_center.source import LandedWalk, landed_rows
from pipelines.partner_center.walks import WalkOutcome, WalkReader, WalkRequest
from pipelines.sandbox import Faults, SandboxApp, World, build_world
from pipelines.sandbox.routes import exports as route
from tests.sandboxed import API, Silent, sign_in_of

READ_AT = "2026-10-14T09:00:00+00:00"
# What only the answer of v1 says of a line: it is in the request as well.
NOT_EXPORTED = {"attributes", "attributes_object_type", "invoice_line_item_type", "billing_provider"}
EXPORTED = (INVOICE_LINE_ITEMS, DAILY_RATED_USAGE, UNBILLED_LINE_ITEMS, UNBILLED_DAILY_USAGE)
NO_LINE = {"currency": "NOK", "month": "2026-10", "period": "current"}


def named(value: Faults | str) -> str:
    """A short name of what differs from no fault."""
    if isinstance(value, str):
        return ""
    return ",".join(f"{key}={one}" for key, one in asdict(value).items() if one != getattr(Faults(), key)) or "none"


class Wire(httpx.BaseTransport):
    """Carries requests to the sandbox, and remembers them."""

    def __init__(self, app: SandboxApp) -> None:
        self.app, self.requests = app, []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return httpx.WSGITransport(app=self.app).handle_request(request)


class Heard(SilentObserver):
    """Writes down everything an observer is told."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def request_sent(self, **about: Any) -> None:
        self.said.append(str(about))

    answer_received = attempt_failed = waiting = request_sent  # type: ignore[assignment]


class Desk:
    """A landing, and the real clients over a sandbox."""

    def __init__(self, world: World, folder: Path, faults: Faults | None = None, **options: Any) -> None:
        self.app = SandboxApp(world, faults=faults)
        self.landing = Landing(folder)
        self.wire, self.heard, self.naps = Wire(self.app), Heard(), []
        self.time = time.time()
        self.options = options

    def nap(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.time += seconds

    def clients(self) -> Clients:
        return make_clients(
            ClientOptions(base_url=API, requests_per_minute=10_000_000),
            sign_in_of(),
            partner_api_url=API,
            graph_url=f"{API}/v1.0",
            transport=self.wire,
            sleep=self.nap,
            now=lambda: self.time,
            observer=self.heard,
            **self.options,
        )

    def read(self, request: WalkRequest) -> WalkOutcome:
        with self.clients() as clients:
            walks = WalkReader(
                clients.partner_center, self.landing, READ_AT, Silent(), clients.partner_api, clients.exports
            )
            return walks.read(request)

    def partition(self, request: WalkRequest) -> Partition:
        return self.landing.partition(request.endpoint.name, request.partition, request.partition_id)

    def walk(self, request: WalkRequest) -> Manifest:
        found = self.partition(request).current
        assert found is not None
        return found

    def calls(self, part: str) -> list[str]:
        return [f"{one.method} {one.url.path}" for one in self.wire.requests if part in one.url.path]


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(scale=0.02)


@pytest.fixture
def desk(world: World, tmp_path: Path) -> Desk:
    return Desk(world, tmp_path)


def lines_of(world: World, number: int = 0, api: str = "graph") -> WalkRequest:
    """A request for the lines of one of the larger documents."""
    document = sorted(world.documents, key=lambda one: (-len(one.charges), one.id))[number]
    partition = {"invoice_id": document.id, "provider": "onetime", "line_item_type": "billing"}
    return WalkRequest(INVOICE_LINE_ITEMS, partition, "header", source_api=api)  # type: ignore[arg-type]


def rows_of(desk: Desk, walk: Manifest) -> pa.Table:
    name = walk.endpoint
    parts = [rows for table, rows in landed_rows(desk.landing, [LandedWalk(walk, "p")]) if table == name]
    return pa.concat_tables(parts)


def whole_text(error: BaseException) -> str:
    """An exception with everything that hangs on it."""
    parts, here = [], error
    while here is not None:
        parts += [str(here), repr(here), str(here.args), str(vars(here))]
        here = here.__cause__ or here.__context__  # type: ignore[assignment]
    return " ".join(parts)


# The same rows


def everything(world: World, endpoint: Endpoint) -> list[dict[str, str]]:
    """All partitions of an endpoint."""
    if endpoint in (UNBILLED_LINE_ITEMS, UNBILLED_DAILY_USAGE):
        months = {"current": "2026-10", "previous": "2026-09"}
        codes = sorted({document.currency for document in world.documents})
        return [{"currency": code, "month": months[period], "period": period} for code in codes for period in months]
    kind = "usage" if endpoint is DAILY_RATED_USAGE else "billing"
    documents = [document for document in world.documents if document.charges]
    values = [{"invoice_id": one.id, "provider": "onetime", "line_item_type": kind} for one in documents]
    if endpoint is INVOICE_LINE_ITEMS:
        return values
    return [one | {"currency": document.currency} for one, document in zip(values, documents, strict=True)]


@pytest.mark.parametrize("endpoint", EXPORTED, ids=lambda endpoint: endpoint.name)
@pytest.mark.parametrize("quirks", [True, False])
def test_an_export_gives_the_rows_that_v1_gives(
    world: World, tmp_path: Path, endpoint: Endpoint, quirks: bool
) -> None:
    desk, compared = Desk(world, tmp_path), 0
    desk.app = desk.wire.app = SandboxApp(world, quirks=quirks)
    for partition in everything(world, endpoint):
        first, second = (WalkRequest(endpoint, partition, source_api=api) for api in ("v1", "graph"))
        assert desk.read(first).result == "new"
        v1 = desk.walk(first)
        outcome = desk.read(second)
        assert outcome.result == "new", outcome
        graph = desk.walk(second)
        assert (v1.source_api, graph.source_api) == ("v1", "graph")
        assert (v1.item_count, graph.unknown_fields) == (graph.item_count, {})
        if not v1.item_count:
            continue
        assert v1.totals == graph.totals
        away = [*NOT_EXPORTED, *(name for name, _ in ROW_ORIGIN)]
        assert rows_of(desk, v1).drop_columns(away) == rows_of(desk, graph).drop_columns(away)
        compared += v1.item_count
    assert compared > 5


def test_the_landed_pages_joined_are_the_files_of_the_export(desk: Desk, world: World) -> None:
    request = lines_of(world)
    assert desk.read(request).result == "new"
    walk = desk.walk(request)
    assert (walk.body, walk.etag != "", len(walk.blobs) > 0) == ("jsonl", True, True)
    assert sum(blob.page_count for blob in walk.blobs) == len(walk.pages)
    content = b"".join(desk.landing.page_bytes(walk, page) for page in walk.pages)
    assert content.count(b'"InvoiceNumber"') == walk.item_count
    assert not list(desk.landing.folder.rglob("blob*"))
    assert not list(desk.landing.folder.rglob("export.json"))


def test_what_is_ordered_is_the_full_set_of_the_plain_invoice(desk: Desk, world: World) -> None:
    request = lines_of(world)
    desk.read(request)
    ordered = next(one for one in desk.wire.requests if one.method == "POST" and "/export" in one.url.path)
    assert ordered.url.path == "/v1.0/reports/partners/billing/reconciliation/billed/export"
    assert json.loads(ordered.read()) == {"invoiceId": request.partition["invoice_id"], "attributeSet": "full"}


def test_the_month_before_is_called_last_in_an_export(desk: Desk) -> None:
    asked = WalkRequest(UNBILLED_LINE_ITEMS, {**NO_LINE, "period": "previous"}, source_api="graph")
    assert desk.read(asked).result == "new"
    ordered = next(one for one in desk.wire.requests if one.method == "POST" and "/export" in one.url.path)
    body = {"billingPeriod": "last", "currencyCode": "NOK", "attributeSet": "full"}
    assert json.loads(ordered.read()) == body


# Waiting


def test_an_export_is_asked_for_again_after_the_seconds_it_names(world: World, tmp_path: Path) -> None:
    desk = Desk(world, tmp_path, Faults(export_retry_after="17"))
    assert desk.read(lines_of(world)).result == "new"
    assert set(desk.naps) == {17.0}


def test_an_export_that_names_no_seconds_is_asked_for_again_after_ten(world: World, tmp_path: Path) -> None:
    desk = Desk(world, tmp_path, Faults(export_retry_after="none"))
    assert desk.read(lines_of(world)).result == "new"
    assert set(desk.naps) == {10.0}


def test_a_word_that_nobody_knows_means_that_it_still_runs(world: World, tmp_path: Path) -> None:
    for number in range(4):
        desk = Desk(world, tmp_path / str(number), Faults(export_word="almostThere"))
        assert desk.read(lines_of(world, number)).result == "new"


def test_an_export_without_end_is_left_and_gone_on_with_in_the_next_run(world: World, tmp_path: Path) -> None:
    desk = Desk(world, tmp_path, Faults(endless_exports=True, export_retry_after="30"), export_max_wait_seconds=100)
    request = lines_of(world)
    outcome = desk.read(request)
    assert (outcome.result, outcome.is_outage, desk.naps) == ("failed", True, [30.0] * 3)
    assert "EXPORT_MAX_WAIT_SECONDS" in (outcome.reason or "")
    desk.app.faults.switch(Faults())
    assert desk.read(request).result == "new"
    assert len(desk.calls("/export")) == 1


def test_a_stopped_run_goes_on_with_the_export_that_it_ordered(world: World, tmp_path: Path) -> None:
    desk, request = Desk(world, tmp_path), lines_of(world)

    def stop(seconds: float) -> None:
        raise KeyboardInterrupt

    nap, desk.nap = desk.nap, stop  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        desk.read(request)
    desk.nap = nap  # type: ignore[method-assign]
    assert desk.partition(request).status == "missing"
    assert desk.read(request).result == "new"
    assert len(desk.calls("/export")) == 1


@pytest.mark.parametrize("why", ["other header", "too old", "forgotten", "damaged note"])
def test_an_export_that_cannot_be_gone_on_with_is_ordered_anew(world: World, tmp_path: Path, why: str) -> None:
    endless = Faults(endless_exports=True, export_retry_after="30")
    desk = Desk(world, tmp_path, endless, export_max_wait_seconds=40)
    request = lines_of(world)
    desk.read(request)
    desk.app.faults.switch(Faults(lost_operations=1 if why == "forgotten" else 0))
    if why == "other header":
        request = replace(request, asked_for="another state of the header")
    if why == "too old":
        desk.time += reader.RESUME_WITHIN_SECONDS + 1
    if why == "damaged note":
        next(desk.landing.folder.rglob("export.json")).write_text("{")
    assert desk.read(request).result == "new"
    assert len(desk.calls("/export")) == 2


def test_an_operation_that_is_lost_while_it_is_waited_for_fails_the_partition(world: World, tmp_path: Path) -> None:
    desk = Desk(world, tmp_path, Faults(lost_operations=1))
    assert "404" in (desk.read(lines_of(world)).reason or "")


# Nothing to fetch


def test_an_export_whose_tag_is_the_one_landed_is_not_fetched_again(desk: Desk, world: World) -> None:
    request = lines_of(world)
    desk.read(request)
    fetched = len(desk.calls("/blobs/"))
    outcome = desk.read(replace(request, asked_for="a payment came"))
    assert (outcome.result, outcome.item_count) == ("same", desk.walk(request).item_count)
    assert len(desk.calls("/blobs/")) == fetched
    assert desk.partition(request).asked_for == "a payment came"


def test_a_tag_that_v1_lines_never_had_skips_nothing(desk: Desk, world: World) -> None:
    request = lines_of(world)
    for api, result in (("graph", "new"), ("v1", "new"), ("graph", "new"), ("graph", "same")):
        assert desk.read(replace(request, source_api=api)).result == result, api


def test_no_data_is_an_empty_result_for_charges_to_come(desk: Desk) -> None:
    request = WalkRequest(UNBILLED_LINE_ITEMS, NO_LINE, source_api="graph")
    assert desk.read(request).result == "new"
    assert (desk.walk(request).item_count, desk.walk(request).notes) == (0, ["no data available"])
    assert desk.read(request).result == "same"


def test_a_finished_export_without_a_line_is_an_empty_result_of_a_document_too(desk: Desk, world: World) -> None:
    empty = next(one for one in world.documents if one.has_details and not (one.charges or one.office or one.azure))
    partition = {"invoice_id": empty.id, "provider": "onetime", "line_item_type": "billing"}
    request = WalkRequest(INVOICE_LINE_ITEMS, partition, source_api="graph")
    assert desk.read(request).result == "new"
    assert (desk.walk(request).item_count, len(desk.walk(request).blobs)) == (0, 1)


def test_an_empty_export_never_replaces_lines_that_v1_gave(
    desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = lines_of(world)
    desk.read(replace(request, source_api="v1"))
    monkeypatch.setattr(route, "export_rows", lambda shop, export: [])
    outcome = desk.read(request)
    assert outcome.result == "failed"
    assert re.search(r"empty, v1 gave \d+ rows; those stay", outcome.reason or "")
    assert desk.walk(request).source_api == "v1"


def test_other_rows_than_v1_gave_are_noted(desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    request = lines_of(world)
    desk.read(replace(request, source_api="v1"))
    rows = route.export_rows
    monkeypatch.setattr(route, "export_rows", lambda shop, export: rows(shop, export)[1:])
    assert desk.read(request).result == "new"
    assert any(
        re.fullmatch(r"v1 gave \d+ rows of this, the export gives \d+", note) for note in desk.walk(request).notes
    )


def test_no_data_is_an_error_for_an_invoice_that_offers_lines(world: World, tmp_path: Path) -> None:
    request = lines_of(world)
    desk = Desk(world, tmp_path, Faults(empty_exports=(request.partition["invoice_id"],)))
    outcome = desk.read(request)
    assert outcome.result == "failed"
    assert "code 5000" in (outcome.reason or "")
    failure = desk.partition(request).failure
    assert failure is not None
    assert failure.code == "5000"


# What goes wrong


@pytest.mark.parametrize(
    "faults",
    [
        Faults(failing_exports=1),
        Faults(failing_exports=2),
        Faults(expired_keys=1),
        Faults(expired_keys=2),
        Faults(expired_keys=3),
        Faults(storage_errors=3),
        Faults(truncated_blobs=3),
        Faults(server_error_every=3, short_body_every=5, truncated_json_every=7, nan_every=11, duplicate_key_every=4),
        Faults(reset_every=2, burst=2),
        Faults(throttle_every=3, throttle_style="date"),
        Faults(expire_tokens_after=2),
    ],
    ids=named,
)
def test_what_passes_costs_time_and_never_a_row(world: World, tmp_path: Path, faults: Faults) -> None:
    for number in range(3):
        request = lines_of(world, number)
        plain, hit = Desk(world, tmp_path / f"a{number}"), Desk(world, tmp_path / f"b{number}", faults)
        assert plain.read(request).result == "new"
        assert hit.read(request).result == "new", hit.partition(request).failure
        assert hit.walk(request).content_hash == plain.walk(request).content_hash


@pytest.mark.parametrize(
    ("faults", "said"),
    [
        (Faults(failing_exports=9), "The export failed: Something went wrong. \\(code 5001\\)"),
        (Faults(expired_keys=99), "403 Forbidden"),
        (Faults(storage_errors=999), "gave up after 6 attempts.*503"),
        (Faults(truncated_blobs=999), "bytes announced"),
        (Faults(bomb_blobs=True), "inflates more than 200 times"),
        (Faults(wrong_blob_count=True), "The manifest counts \\d+ blobs and names \\d+"),
        (Faults(older_manifest=True), "older preview \\(rootFolder, rootFolderSAS, version\\)"),
    ],
    ids=named,
)
def test_what_lasts_fails_the_partition_says_why_and_leaves_the_former_walk(
    world: World, tmp_path: Path, faults: Faults, said: str
) -> None:
    desk, request = Desk(world, tmp_path), lines_of(world)
    assert desk.read(replace(request, source_api="v1")).result == "new"
    desk.app.faults.switch(faults)
    outcome = desk.read(request)
    assert outcome.result == "failed"
    assert re.search(said, outcome.reason or ""), outcome.reason
    assert desk.partition(request).status == "stale"
    assert desk.walk(request).source_api == "v1"
    assert not list((desk.landing.folder / ".incoming").iterdir())


def test_a_missing_permission_is_named_with_what_to_do(world: World, tmp_path: Path) -> None:
    outcome = Desk(world, tmp_path, Faults(export_forbidden=True)).read(lines_of(world))
    assert "Microsoft Graph refused" in (outcome.reason or "")
    assert "PartnerBilling.Read.All" in (outcome.reason or "")
    assert "LINE_ITEMS_API=v1" in (outcome.reason or "")


def test_a_sign_in_that_graph_refuses_ends_the_run_with_the_same_advice(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(world, tmp_path)
    token = desk.app.desk.token

    def refuse(form: bytes, *, version: int) -> Any:
        if b"graph.microsoft.com" in form:
            return 400, {"error": "invalid_grant", "error_description": "AADSTS65001: no consent."}
        return token(form, version=version)

    monkeypatch.setattr(desk.app.desk, "token", refuse)
    with pytest.raises(NotAuthorized, match=r"Microsoft Graph refused: .*AADSTS65001.*PartnerBilling\.Read\.All"):
        desk.read(lines_of(world))


# Secrets


@pytest.mark.parametrize("faults", [Faults(), Faults(storage_errors=999), Faults(expired_keys=99)], ids=named)
def test_the_storage_host_sees_no_token_and_nobody_else_sees_its_key(
    world: World, tmp_path: Path, faults: Faults, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    desk = Desk(world, tmp_path, faults)
    with desk.clients() as clients:
        api = clients.exports
        found = api.wait(api.order(reader.order_for("invoice_line_items", lines_of(world).partition)))
        texts = [repr(found), repr(api.blobs)]
        try:
            clients.blobs.fetch(found.address(found.blobs[0]), found.key, tmp_path / "file")
        except Exception as error:
            texts.append(whole_text(error))
    desk.read(lines_of(world))
    stored = [one for one in desk.wire.requests if "/blobs/" in one.url.path]
    assert stored
    for one in stored:
        assert one.url.host == "localhost"
        assert "authorization" not in one.headers
        assert not [name for name in one.headers if name.startswith(("ms-", "client-"))]
    signatures = {str(one.url).rsplit("sig=", 1)[1] for one in stored}
    landed = [path.read_bytes().decode("latin-1") for path in tmp_path.rglob("*.json")]
    for text in [*texts, *landed, *desk.heard.said, caplog.text]:
        assert "sig=" not in text.replace("sig=***", "")
        assert "skoid" not in text
        assert not [one for one in signatures if one in text or one[:32] in text]


@pytest.mark.parametrize(
    "root", ["http://storage.example.net/x", "ftp://localhost/x", "https://user@storage.example.net/x", "/relative"]
)
def test_files_are_fetched_from_https_or_this_machine_only(
    desk: Desk, world: World, root: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = route._manifest
    monkeypatch.setattr(route, "_manifest", lambda *args: {**make(*args), "rootDirectory": root})
    with pytest.raises(OriginRefused, match="neither https nor this machine"):
        desk.read(lines_of(world))
    assert not desk.calls("/blobs/")
