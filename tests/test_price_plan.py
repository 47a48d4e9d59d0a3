"""Which price sheets and exchange rates a run asks for: those that a charge needs and that are not there yet."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from pipelines import ledger
from pipelines.commands.common import DONE, PARTLY_READ, check_prices
from pipelines.commands.runs import unread
from pipelines.errors import UsageError
from pipelines.landing import Failure, Landing, Manifest
from pipelines.partner_center.walks import WalkRequest
from pipelines.plans import LoadOptions, Plan, prices
from pipelines.warehouse import open_build
from tests.dbt.raw_database import RawDatabase
from tests.sandboxed import folders_in

NOW = datetime(2026, 10, 14, 9, tzinfo=UTC)
CUSTOMER = "aaaaaaaa-0000-4000-8000-000000000001"
LINE = {
    "customer_id": f"org:{CUSTOMER}",
    "customer_country": "de",
    "order_id": "Order1",
    "product_id": "DG7GMGF00001",
    "sku_id": "0001",
    "order_date": "2026-09-03T10:00:00.1234567Z",
    "charge_type": "New",
    "subtotal": "10",
    "total_for_customer": "10",
    "currency": "EUR",
    "pricing_currency": "EUR",
}
ORDER_LINE = {"order_id": "Order1", "line_item_number": 0, "offer_id": "DG7GMGF00001:0001:X", "quantity": "1"}


def plan_of(folder: Path, *lines: dict[str, str], order_line: dict[str, object] | None = None) -> Plan:
    """A plan over a raw database with these lines, one order, and a landing that is still empty."""
    database = folder / "raw.duckdb"
    raw = RawDatabase(NOW.replace(tzinfo=None))
    raw.walk("invoice_line_items", {"invoice_line_items": list(lines)}, invoice_id="G1")
    order = {"id": "Order1", "alternate_id": "ABC123abc123", "creation_date": "2026-09-03T10:00:00Z"}
    tables = {"orders": [order], "order_line_items": [{**ORDER_LINE, **(order_line or {})}]}
    raw.walk("orders", tables, customer_id=CUSTOMER)
    raw.walk("customers_by_id", {"customers_by_id": [{"id": CUSTOMER, "country": "NL"}]}, customer_id=CUSTOMER)
    raw.write(database)

    def opened() -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        return duckdb.connect(str(database), read_only=True)

    return Plan(Landing(folder / "landing"), NOW, True, opened)


def asked(plan: Plan) -> list[str]:
    return [request.partition_id for request in prices.requests(plan)]


def land(plan: Plan, request: WalkRequest) -> None:
    """The request, answered."""
    walk = plan.landing.open_walk(request.endpoint.name, request.partition)
    manifest = Manifest(
        *(request.endpoint.name, dict(request.partition), request.partition_id, "000001-x", 1),
        *(plan.now.isoformat(), "v1", "x", 0, {}, [], ""),
        asked_for=request.asked_for,
    )
    walk.complete(manifest)


def test_a_charge_whose_order_tells_a_price_needs_no_sheet(tmp_path: Path) -> None:
    assert asked(plan_of(tmp_path, LINE, order_line={"price": "9.5"})) == []


@pytest.mark.parametrize(
    "change", [{}, {"order_id": "Another"}, {"sku_id": "0002"}, {"order_id": "abc123ABC123", "sku_id": "0002"}]
)
def test_a_charge_without_an_order_price_needs_the_sheet_of_its_market_and_month(
    tmp_path: Path, change: dict[str, str]
) -> None:
    price = {"price": "9.5"} if change else {}
    assert asked(plan_of(tmp_path, {**LINE, **change}, order_line=price)) == ["price_sheets/DE/software/202609"]


def test_an_order_named_by_its_alternate_id_tells_its_price_too(tmp_path: Path) -> None:
    assert asked(plan_of(tmp_path, {**LINE, "order_id": "ABC123ABC123"}, order_line={"price": "9.5"})) == []
    (tmp_path / "x").mkdir()
    by_link = {"offer_id": "guid", "sku_uri": "/products/DG7GMGF00001/skus/0001?country=DE", "extended_price": "1"}
    assert asked(plan_of(tmp_path / "x", LINE, order_line=by_link)) == []


@pytest.mark.parametrize(
    ("change", "view"),
    [
        ({"product_id": "CFQ7TTC00001"}, "updatedlicensebased"),
        ({"product_id": "DZH318Z00001"}, "azure_reservations"),
        ({"reservation_order_id": "RIOderId1"}, "azure_reservations"),
        ({"product_id": "OTHER"}, "marketplace"),
    ],
)
def test_the_view_follows_from_what_was_sold(tmp_path: Path, change: dict[str, str], view: str) -> None:
    assert asked(plan_of(tmp_path, {**LINE, **change})) == [f"price_sheets/DE/{view}/202609"]


@pytest.mark.parametrize(
    "change",
    [
        {"meter_description": "Data Transfer In"},
        {"charge_type": "customerCredit"},
        {"product_id": ""},
        {"order_date": "2026-11-01T00:00:00Z"},
    ],
)
def test_usage_credits_and_what_no_view_holds_need_no_sheet(tmp_path: Path, change: dict[str, str]) -> None:
    assert asked(plan_of(tmp_path, {**LINE, **change})) == []


def test_a_row_without_country_is_of_its_customers_market_and_a_zone_may_move_its_month(tmp_path: Path) -> None:
    line = {**LINE, "customer_country": "", "order_date": "2026-08-31T20:00:00-08:00"}
    assert asked(plan_of(tmp_path, line)) == ["price_sheets/NL/software/202609"]


def test_a_past_month_is_read_once_and_the_running_one_again_after_a_week(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, LINE, {**LINE, "order_date": "2026-10-02T00:00:00Z"})
    running, past = prices.requests(plan)
    assert (past.params, running.params) == ({"timeline": "history", "month": "202609"}, {"timeline": "current"})
    for request in (running, past):
        land(plan, request)
    assert asked(plan) == []
    assert asked(replace(plan, now=NOW + timedelta(days=8))) == ["price_sheets/DE/software/202610"]
    # Once the month is over, its sheet is read as history, for the last time.
    assert [one.asked_for for one in prices.requests(replace(plan, now=NOW + timedelta(days=30)))] == ["history"]


def test_a_refused_sheet_is_asked_for_again(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, LINE)
    (request,) = prices.requests(plan)
    failure = Failure(NOW.isoformat(), "no access to pricing information", 403)
    plan.landing.mark_failed(request.endpoint.name, request.partition, request.partition_id, failure)
    assert asked(plan) == ["price_sheets/DE/software/202609"]


def test_a_failure_of_a_sheet_that_nothing_needs_is_forgotten(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, LINE)
    values = {"market": "XX", "view": "software", "month": "202609"}
    plan.landing.mark_failed(
        "price_sheets", values, "price_sheets/XX/software/202609", Failure("2026-10-14", "no market")
    )
    prices.requests(plan)
    assert plan.landing.partitions() == []


def test_many_sheets_are_read_newest_first_over_several_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prices, "SHEETS_A_RUN", 2)
    plan = plan_of(tmp_path, *({**LINE, "order_date": f"2026-0{month}-01T00:00:00Z"} for month in (5, 6, 7)))
    first = prices.requests(plan)
    assert [one.partition["month"] for one in first] == ["202607", "202606"]
    for request in first:
        land(plan, request)
    assert [one.partition["month"] for one in prices.requests(plan)] == ["202605"]


def test_rates_are_asked_for_once_for_each_month_with_a_foreign_price(tmp_path: Path) -> None:
    foreign = {**LINE, "pricing_currency": "USD", "pc_to_bc_exchange_rate_date": "2026-08-31T23:59:59Z"}
    plan = plan_of(tmp_path, foreign, foreign, order_line={"price": "9.5"})
    assert asked(plan) == ["fx_rates/202608"]
    land(plan, prices.requests(plan)[0])
    assert asked(plan) == []


def test_one_sheet_or_one_months_rates_can_be_named(tmp_path: Path) -> None:
    plan = plan_of(tmp_path)
    named = LoadOptions(market="de", view="azure_consumption", month="2026-09")
    assert asked(replace(plan, options=named)) == ["price_sheets/DE/azure_consumption/202609"]
    assert asked(replace(plan, options=LoadOptions(month="2026-09"))) == ["fx_rates/202609"]
    with pytest.raises(UsageError, match="there are azure_consumption"):
        prices.requests(replace(plan, options=replace(named, view="all")))


def test_the_models_tell_the_view_by_the_same_rule() -> None:
    """What is asked for is what is looked up."""
    macro = Path(__file__).resolve().parents[1].joinpath("dbt_project", "macros", "prices.sql").read_text()
    body = macro.split("{% macro price_view(")[1].split("-%}")[1].split("{%- endmacro %}")[0]
    assert " ".join(body.replace("{{ ", "").replace(" }}", "").split()) == " ".join(prices.VIEW_OF_LINE.split())


def test_a_sheet_that_could_not_be_read_is_named_and_leaves_the_run_complete(tmp_path: Path) -> None:
    """Prices prove nothing; customers whose orders could not be read do."""
    folders = folders_in(tmp_path / "data")
    with open_build(folders) as connection:
        ledger.make_tables(connection)
        write = "insert into partner_center_raw.load_ledger (endpoint, partition_id, status, failure_reason) values "
        connection.execute(write + "('price_sheets', 'price_sheets/DE/software/202609', 'missing', 'no access')")
    lines, code = unread(folders)
    assert code == DONE
    assert lines == ["not read (missing): price_sheets/DE/software/202609: no access"]
    with open_build(folders) as connection:
        connection.execute(write + "('orders', 'orders/c', 'stale', 'no relation')")
    assert unread(folders)[1] == PARTLY_READ


@pytest.mark.parametrize(
    ("resources", "month", "market", "view", "hint"),
    [
        ((), "2026-09", "DE", "software", "write `recon load price_sheets"),
        (("price_sheets",), "2026-09", "DE", None, "write `recon load price_sheets"),
        (("price_sheets",), None, "DE", "software", "write `recon load price_sheets"),
        (("price_sheets",), "2026-09", None, None, "write `recon load price_sheets"),
        (("fx_rates",), "2026-9", None, None, "is not a month"),
        (("price_sheets",), "2026-09", "Germany", "software", "is not a market"),
        (("price_sheets",), "2026-09", "DE", "everything", "there are azure_consumption"),
    ],
)
def test_a_sheet_that_cannot_be_meant_is_refused(
    resources: tuple[str, ...], month: str | None, market: str | None, view: str | None, hint: str
) -> None:
    check_prices(("price_sheets",), "2026-09", "DE", "software")
    check_prices(("fx_rates",), "2026-09", None, None)
    check_prices((), None, None, None)
    with pytest.raises(UsageError, match=hint):
        check_prices(resources, month, market, view)
