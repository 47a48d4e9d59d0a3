"""Price sheets and exchange rates through the real client: packed or not, refused, damaged, of another market."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest

from pipelines.errors import NotAuthorized, UsageError
from pipelines.landing import Landing
from pipelines.partner_center.auth import SignIn
from pipelines.partner_center.client import ClientOptions, PartnerCenterClient
from pipelines.partner_center.clients import PATIENCE_SECONDS
from pipelines.partner_center.endpoints import FX_RATES, PRICE_SHEETS
from pipelines.partner_center.endpoints.price_sheets import PriceView, price_view
from pipelines.partner_center.pages import read_page
from pipelines.partner_center.walks import WalkOutcome, WalkReader, WalkRequest
from pipelines.sandbox import SandboxApp, World, build_world
from pipelines.sandbox.faults import Faults
from tests.sandboxed import API, Silent, clients_of

GERMANY = {"market": "DE", "view": "updatedlicensebased", "month": "202609"}
PAST = {"timeline": "history", "month": "202609"}


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(scale=0.01)


@pytest.fixture
def app(world: World) -> SandboxApp:
    return SandboxApp(world)


def sheet_of(
    app: SandboxApp, folder: Path, partition: Mapping[str, str] = GERMANY, *, user: bool = True
) -> WalkOutcome:
    """Reads one sheet of a past month into a landing."""
    with clients_of(app, user=user) as clients:
        reader = WalkReader(
            clients.partner_center, Landing(folder), "2026-10-14T09:00:00+00:00", Silent(), clients.partner_api
        )
        return reader.read(WalkRequest(PRICE_SHEETS, partition, params=PAST))


def landed(folder: Path, partition: Mapping[str, str] = GERMANY) -> list[dict[str, object]]:
    landing = Landing(folder)
    current = landing.partition("price_sheets", partition, "").current
    assert current is not None
    pages = [landing.page_bytes(current, page) for page in current.pages]
    return [row for page in pages for row in read_page(page, PRICE_SHEETS).tables["price_sheets"].to_pylist()]


def test_a_sheet_is_landed_with_what_it_came_in(app: SandboxApp, tmp_path: Path) -> None:
    outcome = sheet_of(app, tmp_path)
    rows = landed(tmp_path)
    assert (outcome.result, outcome.item_count) == ("new", len(rows))
    assert {row["market"] for row in rows} == {"DE"}
    assert any(str(row["sku_id"]).startswith("000") for row in rows)
    assert {row["currency"] for row in rows} == {"EUR"}
    assert all(row["erp_price"] is not None for row in rows)
    current = Landing(tmp_path).partition("price_sheets", GERMANY, "").current
    assert current is not None
    assert "received as a zip archive" in current.notes[0]
    assert (current.body, current.unknown_fields) == ("csv", {})


def test_packed_and_plain_give_the_same_rows(app: SandboxApp, world: World, tmp_path: Path) -> None:
    sheet_of(app, tmp_path / "packed")
    sign_in = SignIn("tenant", "app", "secret", "sandbox-refresh", API, "https://api.partner.microsoft.com")
    options = ClientOptions(base_url=API, version_path="/v1.0")
    with PartnerCenterClient(options, sign_in, transport=httpx.WSGITransport(app=SandboxApp(world))) as plain:
        reader = WalkReader(plain, Landing(tmp_path / "plain"), "2026-10-14T09:00:00+00:00", Silent(), plain)
        reader.read(WalkRequest(PRICE_SHEETS, GERMANY, params=PAST))
    assert landed(tmp_path / "plain") == landed(tmp_path / "packed")


def test_a_market_whose_sheet_holds_rows_of_another_keeps_them(app: SandboxApp, tmp_path: Path) -> None:
    partition = {**GERMANY, "market": "GB"}
    sheet_of(app, tmp_path, partition)
    assert {row["market"] for row in landed(tmp_path, partition)} == {"GB", "US"}


@pytest.mark.parametrize("fault", ["truncated_json", "short_body", "reset", "server_error", "throttle", "nan"])
def test_a_sheet_that_came_damaged_is_asked_for_again(world: World, tmp_path: Path, fault: str) -> None:
    app = SandboxApp(world, faults=Faults(**{f"{fault}_every": 1}))
    assert sheet_of(app, tmp_path).result == "new"
    assert landed(tmp_path)


def test_an_app_without_user_is_tried_and_its_refusal_recorded(app: SandboxApp, tmp_path: Path) -> None:
    outcome = sheet_of(app, tmp_path, user=False)
    assert (outcome.result, outcome.is_outage) == ("failed", False)
    failure = Landing(tmp_path).partition("price_sheets", GERMANY, "").failure
    assert failure is not None
    assert failure.status == 403
    assert app.counts["sales/{id}/{id}"] == 1


def test_a_sign_in_that_may_not_see_prices_is_a_refusal_of_the_sheet_only(world: World, tmp_path: Path) -> None:
    app = SandboxApp(world, faults=Faults(refuse_price_sheets=True))
    outcome = sheet_of(app, tmp_path)
    assert outcome.reason is not None
    assert "No access to pricing information" in outcome.reason


def test_a_token_for_another_audience_is_refused(app: SandboxApp) -> None:
    with clients_of(app) as clients, pytest.raises(NotAuthorized, match="another audience"):
        clients.graph.get(FX_RATES.path.format(month="202609"))


def test_a_sign_in_refused_for_prices_ends_no_run(app: SandboxApp, tmp_path: Path) -> None:
    with clients_of(app) as clients:
        # The client of the other API stands in for one whose sign-in is not accepted here.
        reader = WalkReader(clients.partner_center, Landing(tmp_path), "2026-10-14", Silent(), clients.graph)
        outcome = reader.read(WalkRequest(PRICE_SHEETS, GERMANY, params=PAST))
    assert outcome.result == "failed"


def test_a_silent_host_is_waited_for_once(world: World, tmp_path: Path) -> None:
    app = SandboxApp(world, faults=Faults(server_error_every=1, burst=1000))
    with clients_of(app) as clients:
        assert clients.partner_api.options.retry_max_wait_seconds == PATIENCE_SECONDS
        # The sign-in is not hit by faults, the sheets are.
        reader = WalkReader(clients.partner_center, Landing(tmp_path), "2026-10-14", Silent(), clients.partner_api)
        first = reader.read(WalkRequest(PRICE_SHEETS, GERMANY, params=PAST))
        asked = app.counts.total()
        second = reader.read(WalkRequest(FX_RATES, {"month": "202609"}))
    assert (first.result, second.result, first.is_outage, second.is_outage) == ("failed", "failed", False, False)
    assert "not asked" in str(second.reason)
    assert app.counts.total() == asked


def test_a_month_of_rates_is_exact(app: SandboxApp, tmp_path: Path) -> None:
    with clients_of(app) as clients:
        reader = WalkReader(clients.partner_center, Landing(tmp_path), "2026-10-14", Silent(), clients.partner_api)
        reader.read(WalkRequest(FX_RATES, {"month": "202609"}))
    landing = Landing(tmp_path)
    current = landing.partition("fx_rates", {"month": "202609"}, "").current
    assert current is not None
    rows = read_page(landing.page_bytes(current, current.pages[0]), FX_RATES).tables["fx_rates"].to_pylist()
    found = {row["currency_code"]: str(row["usd_per_unit"]) for row in rows}
    assert found["JPY"] == "0.006692183756482910300000"
    assert {row["month"] for row in rows} == {"202609"}


@pytest.mark.parametrize(
    "question",
    [
        "sales/pricesheets(Market='DE',PricesheetView='everything')/$value",
        "sales/pricesheets(Market='XX',PricesheetView='software')/$value",
        "sales/pricesheets(Market='DE',PricesheetView='software')/$value?timeline=history",
        "sales/fxrates(Month='2026-09')/$value",
    ],
)
def test_a_question_that_makes_no_sense_is_refused_in_the_shape_of_this_host(app: SandboxApp, question: str) -> None:
    path, _, query = question.partition("?")
    params = dict([query.split("=")]) if query else {}
    with clients_of(app) as clients, pytest.raises(Exception, match="400") as refused:
        clients.partner_api.get(path, params=params)
    assert "is not" in str(refused.value) or "belongs to" in str(refused.value)


def test_a_view_that_does_not_exist_is_refused_with_the_list_of_those_that_do() -> None:
    assert price_view(" Software ") is PriceView.SOFTWARE
    with pytest.raises(UsageError, match=r"azure_consumption, azure_reservations, .*software"):
        price_view("everything")
