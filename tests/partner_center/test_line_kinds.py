"""Lines of every kind, read by the real client from the pretend API."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from pathlib import Path
from typing import Any

import pytest

from pipelines.errors import RequestRefused
from pipelines.landing import Landing
from pipelines.partner_center.client import PartnerCenterClient
from pipelines.partner_center.contract import Endpoint
from pipelines.partner_center.endpoints import (
    AZURE_DAILY_USAGE,
    AZURE_LINE_ITEMS,
    DAILY_RATED_USAGE,
    ESTIMATE_LINKS,
    INVOICE_LINE_ITEMS,
    OFFICE_LINE_ITEMS,
    UNBILLED_DAILY_USAGE,
    UNBILLED_LINE_ITEMS,
)
from pipelines.partner_center.source import LandedWalk, landed_rows
from pipelines.partner_center.walks import WalkOutcome, WalkReader, WalkRequest
from pipelines.sandbox import DEFAULT_CLOCK, SandboxApp, World, build_world
from pipelines.sandbox.facts import Document
from tests.sandboxed import Silent, client_of

Row = dict[str, Any]
MINOR = {"JPY": Decimal(1)}


class Desk:
    """A sandbox, a client of it and a landing."""

    def __init__(self, app: SandboxApp, client: PartnerCenterClient, folder: Path) -> None:
        self.app, self.client = app, client
        self.landing = Landing(folder)

    def ask(self, endpoint: Endpoint, **values: str) -> WalkOutcome:
        reader = WalkReader(self.client, self.landing, self.app.clock.isoformat(), Silent())
        return reader.read(WalkRequest(endpoint, values))

    def rows(self, endpoint: Endpoint, **values: str) -> list[Row]:
        outcome = self.ask(endpoint, **values)
        assert outcome.reason is None
        current = self.landing.partition(endpoint.name, values, "").current
        assert current is not None
        assert current.unknown_fields == {}
        landed = landed_rows(self.landing, [LandedWalk(current, outcome.partition_id)])
        return [row for _, table in landed for row in table.to_pylist()]

    def lines(self, endpoint: Endpoint, document: Document, provider: str, kind: str) -> list[Row]:
        values = {"invoice_id": document.id, "provider": provider, "line_item_type": kind}
        if "currency" in endpoint.partition:
            values["currency"] = document.currency
        return self.rows(endpoint, **values)

    def unbilled(self, endpoint: Endpoint, currency: str, month: str, period: str) -> list[Row]:
        return self.rows(endpoint, currency=currency, month=month, period=period)


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(scale=0.45)


@pytest.fixture(params=["quirks", "plain"])
def desk(world: World, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Desk]:
    app = SandboxApp(world, quirks=request.param == "quirks")
    with client_of(app) as client:
        yield Desk(app, client, tmp_path)


def total(rows: list[Row], column: str) -> Decimal:
    return sum((row[column] for row in rows), Decimal(0))


def test_licence_lines_add_up_to_their_invoice(world: World, desk: Desk) -> None:
    documents = [document for document in world.documents if document.office]
    odd = {planted.invoice_id for planted in world.planted if planted.break_code == "invoice_total_vs_lines"}
    assert {document.currency for document in documents} >= {"USD", "EUR"}
    for document in documents:
        rows = desk.lines(OFFICE_LINE_ITEMS, document, "office", "billing")
        assert len(rows) == len(document.office)
        assert (total(rows, "total_for_customer") == document.total_charges) == (document.id not in odd)


def test_an_office_walk_goes_on_behind_links_that_name_no_offset(world: World, tmp_path: Path) -> None:
    document = max(world.documents, key=lambda one: len(one.office))
    app = SandboxApp(world)
    with client_of(app) as client:
        desk = Desk(app, client, tmp_path)
        desk.lines(OFFICE_LINE_ITEMS, document, "office", "billing")
        values = {"invoice_id": document.id, "provider": "office", "line_item_type": "billing"}
        walk = desk.landing.partition("office_line_items", values, "").current
    assert walk is not None
    assert len(walk.pages) > 1


def test_former_azure_lines_add_up_to_their_invoice_and_their_days_to_the_lines(world: World, desk: Desk) -> None:
    for document in [document for document in world.documents if document.azure]:
        lines = desk.lines(AZURE_LINE_ITEMS, document, "azure", "billing")
        days = desk.lines(AZURE_DAILY_USAGE, document, "azure", "usage")
        assert total(lines, "post_tax_total") == document.total_charges
        assert total(days, "consumed_quantity") == total(lines, "consumed_quantity")


def test_the_days_of_a_usage_line_cut_to_the_minor_unit_are_what_the_line_bills(world: World, desk: Desk) -> None:
    for document in world.documents[:8]:
        days = desk.lines(DAILY_RATED_USAGE, document, "onetime", "usage")
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for day in days:
            sums[day["subscription_id"]] += day["billing_pre_tax_total"]
        metered = [charge for charge in document.charges if charge.item.kind == "meter"]
        assert set(sums) == {charge.subscription_id for charge in metered}
        step = MINOR.get(document.currency, Decimal("0.01"))
        for charge in metered:
            cut = sums[charge.subscription_id].quantize(step, rounding=ROUND_DOWN)
            # A line in a foreign currency is cut twice, its days are not cut at all.
            assert cut - charge.subtotal in (Decimal(0), step if charge.rate != 1 else Decimal(0))


def test_some_days_come_on_a_later_invoice_than_that_of_their_month(world: World, desk: Desk) -> None:
    document = max(world.documents, key=lambda one: len(one.charges))
    days = desk.lines(DAILY_RATED_USAGE, document, "onetime", "usage")
    months = {day["usage_date"][:7] for day in days}
    assert len(months) == 2
    assert all(day["charge_start_date"][:7] == day["usage_date"][:7] for day in days)


def test_daily_usage_in_another_currency_is_empty(world: World, desk: Desk) -> None:
    document = next(document for document in world.documents if document.currency == "USD")
    values = {"invoice_id": document.id, "provider": "onetime", "line_item_type": "usage", "currency": "EUR"}
    assert desk.rows(DAILY_RATED_USAGE, **values) == []


def test_a_provider_that_the_document_lacks_has_no_lines(world: World, desk: Desk) -> None:
    legacy = next(document for document in world.documents if document.office)
    assert desk.lines(INVOICE_LINE_ITEMS, legacy, "onetime", "billing") == []
    assert desk.lines(AZURE_LINE_ITEMS, legacy, "azure", "billing") == []


def test_both_styles_of_address_answer_alike(world: World) -> None:
    with client_of(SandboxApp(world, quirks=False)) as client:
        for document in [next(d for d in world.documents if d.office), next(d for d in world.documents if d.azure)]:
            for provider, kind in document.line_kinds:
                path = f"/v1/invoices/{document.id}/lineitems"
                by_query = {"provider": provider, "invoicelineitemtype": f"{kind}lineitems", "size": "20"}
                plain = client.get(path, params=by_query).body
                assert client.get(f"{path}/{provider}/{kind}lineitems", params={"size": "20"}).body == plain
                # The documented spelling, with `&` where the query begins.
                assert client.get(f"{path}/{provider}/{kind}lineitems&size=20").body == plain


@pytest.mark.parametrize(
    "wrong",
    [
        {"provider": "one_time"},
        {"invoicelineitemtype": "billing_line_items"},
        {"currencycode": ""},
        {"period": ""},
        {"period": "last"},
    ],
    ids=["provider", "type", "no currency", "no period", "another word"],
)
def test_an_unbilled_call_that_says_too_little_is_refused(world: World, wrong: dict[str, str]) -> None:
    right = {"provider": "onetime", "invoicelineitemtype": "billinglineitems"}
    params = {**right, "currencycode": "usd", "period": "current", **wrong}
    with client_of(SandboxApp(world)) as client, pytest.raises(RequestRefused) as refused:
        client.get("/v1/invoices/unbilled/lineitems", params=params)
    assert refused.value.status == 400


def test_usage_of_an_invoice_needs_a_currency(world: World) -> None:
    params = {"provider": "onetime", "invoicelineitemtype": "usagelineitems"}
    with client_of(SandboxApp(world)) as client, pytest.raises(RequestRefused):
        client.get(f"/v1/invoices/{world.documents[0].id}/lineitems", params=params)


def test_unbilled_rows_show_a_subtotal_and_neither_tax_nor_total(desk: Desk) -> None:
    rows = desk.unbilled(UNBILLED_LINE_ITEMS, "EUR", "2026-10", "current")
    assert rows
    for row in rows:
        assert row["subtotal"] != 0
        assert (row["tax_total"], row["total_for_customer"], row["invoice_number"]) == (0, 0, "")
        assert row["billing_frequency"] in (None, "")
        assert (row["billing_provider"], row["invoice_line_item_type"]) == (None, None)


def test_what_was_ordered_in_the_open_month_is_unbilled_a_day_later(world: World, desk: Desk) -> None:
    young = [
        order
        for orders in world.orders.values()
        for order in orders
        if order.created_at.month == 10 and order.billing_cycle == "one_time" and not order.is_pending
    ]
    listed = set()
    for currency in ("USD", "EUR", "GBP", "JPY"):
        for row in desk.unbilled(UNBILLED_LINE_ITEMS, currency, "2026-10", "current"):
            listed |= {row["order_id"], (row["alternate_id"] or "").lower()}
    for order in young:
        is_old_enough = order.created_at + timedelta(days=1) <= DEFAULT_CLOCK
        is_waiting = any(line.waiting for line in order.lines)
        assert (order.id in listed or order.alternate_id in listed) == (is_old_enough and not is_waiting), order


def test_when_its_month_is_invoiced_an_unbilled_line_stands_on_the_invoice(desk: Desk) -> None:
    rows = desk.unbilled(UNBILLED_LINE_ITEMS, "GBP", "2026-10", "current")
    desk.app.clock = datetime(2026, 11, 1, tzinfo=UTC)
    month_over = desk.unbilled(UNBILLED_LINE_ITEMS, "GBP", "2026-10", "previous")
    assert {row["order_id"] for row in rows} <= {row["order_id"] for row in month_over}
    desk.app.clock = datetime(2026, 11, 6, tzinfo=UTC)
    assert desk.unbilled(UNBILLED_LINE_ITEMS, "GBP", "2026-10", "previous") == []
    bills = [one for one in desk.app.live.documents if one.at.month == 11 and one.currency == "GBP"]
    billed = [row for bill in bills for row in desk.lines(INVOICE_LINE_ITEMS, bill, "onetime", "billing")]
    assert {row["order_id"] for row in rows} <= {row["order_id"] for row in billed}


def test_before_the_invoices_come_out_the_whole_month_before_is_unbilled(world: World, desk: Desk) -> None:
    desk.app.clock = datetime(2026, 9, 3, tzinfo=UTC)
    rows = desk.unbilled(UNBILLED_LINE_ITEMS, "JPY", "2026-08", "previous")
    usage = desk.unbilled(UNBILLED_DAILY_USAGE, "JPY", "2026-08", "previous")
    assert len(rows) > 20
    assert {row["subscription_id"] for row in usage}.isdisjoint({row["subscription_id"] for row in rows})
    assert {row["charge_type"] for row in usage} == {""}


def test_usage_of_the_open_month_ends_yesterday(desk: Desk) -> None:
    days = [
        day["usage_date"][:10]
        for currency in ("USD", "EUR", "GBP", "JPY")
        for day in desk.unbilled(UNBILLED_DAILY_USAGE, currency, "2026-10", "current")
    ]
    assert days
    assert max(days) <= "2026-10-13"


def test_lost_lines_are_listed_after_the_invoices_of_their_month(world: World, desk: Desk) -> None:
    lost = {planted.order_id for planted in world.planted if planted.break_code == "unbilled_lost"}
    listed = {
        row["order_id"]
        for currency in ("USD", "EUR", "JPY")
        for row in desk.unbilled(UNBILLED_LINE_ITEMS, currency, "2026-09", "previous")
    }
    assert lost <= listed


def test_an_empty_reading_after_one_with_lines_is_believed_when_it_comes_twice(desk: Desk) -> None:
    desk.app.clock = datetime(2026, 9, 3, tzinfo=UTC)
    values = {"currency": "EUR", "month": "2026-08", "period": "previous"}
    assert desk.ask(UNBILLED_LINE_ITEMS, **values).item_count > 0
    desk.app.clock = datetime(2026, 9, 12, tzinfo=UTC)
    again = desk.ask(UNBILLED_LINE_ITEMS, **values)
    assert (again.result, again.item_count, again.reason) == ("new", 0, None)
    walks = desk.landing.partition(UNBILLED_LINE_ITEMS.name, values, "").walks
    assert [walk.item_count > 0 for walk in walks] == [True, False]


def test_the_links_to_estimates_name_the_providers_of_before(desk: Desk) -> None:
    rows = desk.rows(ESTIMATE_LINKS, currency="EUR")
    assert [(row["type"], row["period"]) for row in rows] == [
        ("daily_rated_usage", "Current"),
        ("daily_rated_usage", "Previous"),
        ("non_consumption", "Current"),
        ("non_consumption", "Previous"),
    ]
    assert ["provider=Marketplace" in row["link_uri"] for row in rows] == [True, True, False, False]


def test_every_kind_of_lines_means_the_same_with_and_without_quirks(world: World, tmp_path: Path) -> None:
    found: dict[bool, list[list[Row]]] = {}
    for quirks in (True, False):
        app = SandboxApp(world, quirks=quirks)
        with client_of(app) as client:
            desk = Desk(app, client, tmp_path / str(quirks))
            found[quirks] = [
                desk.lines(OFFICE_LINE_ITEMS, next(d for d in world.documents if d.office), "office", "billing"),
                desk.lines(AZURE_LINE_ITEMS, next(d for d in world.documents if d.azure), "azure", "billing"),
                desk.lines(AZURE_DAILY_USAGE, next(d for d in world.documents if d.azure), "azure", "usage"),
                desk.lines(DAILY_RATED_USAGE, world.documents[1], "onetime", "usage"),
                desk.unbilled(UNBILLED_DAILY_USAGE, "EUR", "2026-10", "current"),
            ]
    for quirky, plain in zip(found[True], found[False], strict=True):
        assert [meaning(row) for row in quirky] == [meaning(row) for row in plain]


def meaning(row: Row) -> Row:
    """A row with ids in lower case and one name for each fact, without times (which have many spellings)."""
    about = {name: value for name, value in row.items() if not name.startswith("_") and not name.endswith("_date")}
    about["customer_name"] = about.get("customer_name") or about.pop("customer_company_name", None)
    about.pop("customer_company_name", None)
    older = about.pop("is_partner_earned_credit_applied", None)
    if "has_partner_earned_credit" in about and about["has_partner_earned_credit"] is None:
        about["has_partner_earned_credit"] = older
    guids = ("_id", "_guid", "_number")
    return {
        name: value.lower() if isinstance(value, str) and name.endswith(guids) else value
        for name, value in about.items()
    }
