"""What a run asks for: only what is new, changed or due for another look."""

from __future__ import annotations

import json
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.landing import Failure, Landing, Manifest
from pipelines.partner_center.contract import Endpoint
from pipelines.partner_center.endpoints import (
    CUSTOMERS,
    CUSTOMERS_BY_ID,
    INVOICE_LINE_ITEMS,
    INVOICE_SUMMARIES,
    INVOICE_SUMMARY,
    INVOICES,
    INVOICES_BY_ID,
    UNBILLED_LINE_ITEMS,
)
from pipelines.plans import LoadOptions, Plan, heads, invoice_lines, named_orders, orders, unbilled
from pipelines.plans.documents import Document, documents_of
from pipelines.plans.invoice_lines import RECHECK_AFTER, RECHECK_INVOICES_YOUNGER_THAN
from tests.raw_tables import add_rows, raw_tables, walk_of

NOW = datetime(2026, 10, 14, 9, tzinfo=UTC)
ONE_TIME = {"invoiceLineItemType": "billing_line_items", "billingProvider": "one_time"}


class Desk:
    """A landing, and documents as the list would show them."""

    def __init__(self, folder: Path) -> None:
        self.landing = Landing(folder)

    def land(
        self, endpoint: Endpoint, values: dict[str, str], body: Any, asked_for: str = "", at: datetime = NOW
    ) -> None:
        before = self.landing.partition(endpoint.name, values, "").current
        sequence = before.sequence + 1 if before else 1
        walk = self.landing.open_walk(endpoint.name, values)
        walk.add_page(json.dumps(body).encode(), item_count=1, announced=None, repeats_page=None, request_id=None)
        name = endpoint.partition_id(values)
        walk_id = f"{sequence:06d}-x"
        manifest = Manifest(
            endpoint.name,
            values,
            name,
            walk_id,
            sequence,
            at.isoformat(),
            "v1",
            "x",
            1,
            {},
            walk.pages,
            "",
            asked_for=asked_for,
        )
        walk.complete(manifest)

    def list(self, *documents: dict[str, Any]) -> list[Document]:
        self.land(INVOICES, {}, {"items": list(documents)})
        return documents_of(self.landing)

    def plan(self, *, now: datetime = NOW, with_user: bool = False) -> Plan:
        def no_database() -> Any:
            raise AssertionError("this phase looks at the landing only")

        return Plan(self.landing, now, with_user, no_database)

    def asked(self, found: list[Document], *, now: datetime = NOW, with_user: bool = False) -> list[str]:
        assert found == documents_of(self.landing)
        return [one.partition_id for one in invoice_lines.requests(self.plan(now=now, with_user=with_user))]

    def read_lines(self, document: Document, at: datetime = NOW) -> None:
        values = {"invoice_id": document.invoice_id, "provider": "onetime", "line_item_type": "billing"}
        self.land(INVOICE_LINE_ITEMS, values, {"items": []}, document.header_hash, at)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "landing")


def document(invoice_id: str = "G1", **more: Any) -> dict[str, Any]:
    about = {
        "id": invoice_id,
        "invoiceDate": "2026-10-05T00:00:00Z",
        "totalCharges": 10,
        "invoiceDetails": [ONE_TIME],
    }
    return about | more


LINES = "invoice_line_items/G1/onetime/billing"


def test_a_new_document_is_asked_for_with_its_lines(desk: Desk) -> None:
    found = desk.list(document())
    assert desk.asked(found) == [LINES]
    assert desk.asked(found, with_user=True) == ["invoices_by_id/G1", LINES]


def test_lines_of_a_late_period_are_asked_for_as_an_export_unless_v1_was_chosen(desk: Desk) -> None:
    desk.list(document(), document("G2", invoiceDate="2024-08-05", billingPeriodEndDate="2024-07-31"))
    apis = {
        setting: [
            one.source_api
            for one in invoice_lines.requests(replace(desk.plan(), options=LoadOptions(line_items_api=setting)))
        ]
        for setting in ("auto", "v1", "graph")
    }
    assert apis == {"auto": ["graph", "v1"], "v1": ["v1", "v1"], "graph": ["graph", "graph"]}


def test_a_period_without_an_end_counts_by_the_date_of_its_document(desk: Desk) -> None:
    found = desk.list(document(billingPeriodEndDate="0001-01-01T00:00:00"), document("G2"))
    assert [one.period for one in found] == ["2026-10-05T00:00:00Z"] * 2


def test_lines_that_were_read_from_the_other_api_are_asked_for_again(desk: Desk) -> None:
    found = desk.list(document())
    desk.read_lines(found[0])
    plan = replace(desk.plan(), options=LoadOptions(line_items_api="auto"))
    assert [one.source_api for one in invoice_lines.requests(plan)] == ["graph"]
    assert desk.asked(found) == []


def test_lines_that_both_apis_have_stay_as_they_were_read(desk: Desk) -> None:
    found = desk.list(document(invoiceDate="2024-08-05"))
    desk.read_lines(found[0])
    assert invoice_lines.requests(replace(desk.plan(), options=LoadOptions(line_items_api="auto"))) == []


def test_a_complete_landing_is_not_asked_for_again(desk: Desk) -> None:
    found = desk.list(document())
    desk.read_lines(found[0])
    assert desk.asked(found) == []


@pytest.mark.parametrize("change", [{"paidAmount": 10}, {"pdfDownloadLink": "/other"}, {"currencySymbol": "$"}])
def test_a_payment_or_another_link_is_no_reason_to_ask_again(desk: Desk, change: dict[str, Any]) -> None:
    desk.read_lines(desk.list(document())[0])
    assert desk.asked(desk.list(document(**change))) == []


@pytest.mark.parametrize(
    "change",
    [
        {"totalCharges": 11},
        {"documentType": "void_note"},
        {"state": "void"},
        {"invoiceDate": "2026-10-06T00:00:00Z"},
        {"amendments": [{"id": "N1", "totalCharges": -1}]},
        {"invoiceDetails": [ONE_TIME, {**ONE_TIME, "billingProvider": "azure"}]},
    ],
)
def test_a_changed_header_is_a_reason_to_ask_again(desk: Desk, change: dict[str, Any]) -> None:
    desk.read_lines(desk.list(document())[0])
    assert LINES in desk.asked(desk.list(document(**change)))


def test_a_failed_reading_is_asked_for_again(desk: Desk) -> None:
    found = desk.list(document())
    desk.read_lines(found[0])
    values = {"invoice_id": "G1", "provider": "onetime", "line_item_type": "billing"}
    desk.landing.mark_failed("invoice_line_items", values, LINES, Failure("t", "404"))
    assert desk.asked(found) == [LINES]


def test_young_documents_are_looked_at_again_after_a_week_and_old_ones_are_not(desk: Desk) -> None:
    found = desk.list(document())
    desk.read_lines(found[0])
    assert desk.asked(found, now=NOW + RECHECK_AFTER) == []
    week_later = NOW + RECHECK_AFTER + timedelta(seconds=1)
    assert desk.asked(found, now=week_later) == [LINES]
    desk.landing.mark_checked(
        "invoice_line_items",
        {"invoice_id": "G1", "provider": "onetime", "line_item_type": "billing"},
        week_later.isoformat(),
        found[0].header_hash,
    )
    assert desk.asked(found, now=week_later) == []
    assert desk.asked(found, now=NOW + RECHECK_INVOICES_YOUNGER_THAN + RECHECK_AFTER) == []


def test_an_amendment_that_is_nested_and_listed_is_one_document(desk: Desk) -> None:
    amendment = document("N1", amendsOf="G1", invoiceDetails=[ONE_TIME])
    thin = {"id": "N1", "totalCharges": 10, "amendsOf": "G1"}
    found = desk.list(document(amendments=[thin]), amendment)
    assert [(one.invoice_id, one.invoice_date[:10]) for one in found] == [("G1", "2026-10-05"), ("N1", "2026-10-05")]
    assert desk.asked(found).count("invoice_line_items/N1/onetime/billing") == 1
    # Listed first or nested first: the same header.
    again = desk.list(amendment, document(amendments=[thin]))
    assert [one.header_hash for one in again] == [one.header_hash for one in found]


def test_one_kind_of_lines_in_many_spellings_is_asked_for_once(desk: Desk) -> None:
    other = {"invoiceLineItemType": "BillingLineItems", "billingProvider": "OneTime"}
    assert desk.asked(desk.list(document(invoiceDetails=[ONE_TIME, other]))) == [LINES]


def test_lines_of_every_kind_are_asked_for_as_the_document_offers_them(desk: Desk) -> None:
    kinds = [
        {"invoiceLineItemType": "billing_line_items", "billingProvider": "office"},
        {"invoiceLineItemType": "BillingLineItems", "billingProvider": "Azure"},
        {"invoiceLineItemType": "usage_line_items", "billingProvider": "azure"},
        {"invoiceLineItemType": "usage_line_items", "billingProvider": "one_time"},
    ]
    found = desk.list(document(invoiceDetails=[ONE_TIME, *kinds], currencyCode="eur"))
    assert desk.asked(found) == [
        "azure_line_items/G1/azure/billing",
        "azure_daily_usage/G1/azure/usage",
        "office_line_items/G1/office/billing",
        LINES,
        # Daily usage cannot be asked for without a currency.
        "daily_rated_usage/G1/onetime/usage/EUR",
    ]


def test_marketplace_is_another_name_of_the_same_lines(desk: Desk) -> None:
    usage = {"invoiceLineItemType": "usage_line_items", "billingProvider": "marketplace"}
    both = [usage, {**usage, "billingProvider": "one_time"}]
    found = desk.list(document(invoiceDetails=both, currencyCode="USD"))
    assert desk.asked(found) == ["daily_rated_usage/G1/onetime/usage/USD"]


def test_lines_of_an_unknown_kind_are_recorded_as_not_read(desk: Desk) -> None:
    unknown = {"invoiceLineItemType": "billing_line_items", "billingProvider": "quantum"}
    found = desk.list(document(invoiceDetails=[unknown]))
    assert desk.asked(found) == []
    unread = [one for one in desk.landing.partitions() if one.failure]
    assert [one.partition_id for one in unread] == ["invoice_line_items/G1/quantum/billing"]
    assert unread[0].failure is not None
    assert "provider quantum" in unread[0].failure.reason


def test_a_failure_of_lines_that_no_document_offers_any_more_is_forgotten(desk: Desk) -> None:
    values = {"invoice_id": "G1", "provider": "quantum", "line_item_type": "billing"}
    desk.landing.mark_failed("invoice_line_items", values, "invoice_line_items/G1/quantum/billing", Failure("t", "x"))
    desk.asked(desk.list(document()))
    assert [one.partition_id for one in desk.landing.partitions() if one.failure] == []


def unbilled_asked(desk: Desk, now: datetime = NOW) -> list[str]:
    return [one.partition_id for one in unbilled.requests(desk.plan(now=now))]


def test_estimates_are_asked_for_each_time_under_the_month_that_the_word_means(desk: Desk) -> None:
    desk.list(document(currencyCode="EUR"))
    assert unbilled_asked(desk) == [
        "estimate_links/EUR",
        "unbilled_line_items/EUR/2026-10/current",
        "unbilled_daily_usage/EUR/2026-10/current",
        "unbilled_line_items/EUR/2026-09/previous",
        "unbilled_daily_usage/EUR/2026-09/previous",
    ]
    values = {"currency": "EUR", "month": "2026-10", "period": "current"}
    desk.land(UNBILLED_LINE_ITEMS, values, {"items": []})
    assert "unbilled_line_items/EUR/2026-10/current" in unbilled_asked(desk)


def test_at_the_turn_of_the_year_the_month_before_is_in_the_year_before(desk: Desk) -> None:
    assert unbilled.periods(datetime(2027, 1, 31, 23, tzinfo=UTC)) == {"current": "2027-01", "previous": "2026-12"}


def test_currencies_come_from_documents_and_from_balances(desk: Desk) -> None:
    desk.list(document(currencyCode="usd"), document("G2", currencyCode="GBP"), document("G3"))
    balance = {"balanceAmount": 1, "currencyCode": "jpy"}
    desk.land(INVOICE_SUMMARIES, {}, {"items": [balance]})
    desk.land(INVOICE_SUMMARY, {}, {"balanceAmount": 1, "currencyCode": "USD"})
    assert unbilled.currencies(desk.plan()) == ["GBP", "JPY", "USD"]


def test_a_failed_estimate_of_a_month_long_gone_is_no_news_any_more(desk: Desk) -> None:
    desk.list(document(currencyCode="EUR"))
    for month, period in (("2026-08", "current"), ("2026-10", "current")):
        values = {"currency": "EUR", "month": month, "period": period}
        name = f"unbilled_line_items/EUR/{month}/{period}"
        desk.landing.mark_failed("unbilled_line_items", values, name, Failure("t", "503"))
    unbilled_asked(desk)
    failed = [one.partition_id for one in desk.landing.partitions() if one.failure]
    assert failed == ["unbilled_line_items/EUR/2026-10/current"]


def test_a_document_without_details_has_no_lines(desk: Desk) -> None:
    assert desk.asked(desk.list(document(invoiceDetails=[]))) == []


def test_an_empty_landing_plans_nothing(desk: Desk) -> None:
    assert desk.plan().documents == []
    assert desk.plan().customers == []
    assert orders.requests(desk.plan()) == []


def test_the_balances_of_all_currencies_need_a_user(desk: Desk) -> None:
    names = [one.partition_id for one in heads.requests(desk.plan(with_user=False))]
    assert names == ["customers", "invoices", "invoice_summary", "audit_records/2026-10-14"]
    assert [one.partition_id for one in heads.requests(desk.plan(with_user=True))] == [*names, "invoice_summaries"]


def test_every_customer_is_read_and_the_customer_itself_once(desk: Desk) -> None:
    desk.land(CUSTOMERS, {}, {"items": [{"id": "C-1"}, {"id": "c-2"}]})
    assert desk.plan().customers == ["c-1", "c-2"]
    first = [one.partition_id for one in orders.requests(desk.plan())]
    assert first[:3] == ["orders/c-1", "entitlements/c-1", "customers_by_id/c-1"]
    assert len(first) == 6
    desk.land(CUSTOMERS_BY_ID, {"customer_id": "c-1"}, {"id": "c-1"})
    assert len(orders.requests(desk.plan())) == 5


def test_orders_that_a_charge_names_and_no_list_shows_are_asked_for(desk: Desk) -> None:
    desk.land(CUSTOMERS, {}, {"items": [{"id": "c1"}, {"id": "c2"}]})
    long, listed, refused = ("x" * 32 + str(number) for number in range(3))
    with raw_tables() as raw:
        lines = walk_of(
            "invoice_line_items", {"invoice_id": "G1", "provider": "onetime", "line_item_type": "billing"}
        )
        orders = walk_of("orders", {"customer_id": "c1"})
        charges = [
            ("org:C1", long),
            ("c1", long),
            ("c1", listed),
            ("c1", "abcdef123456"),
            ("c9", long),
            ("c2", refused),
        ]
        add_rows(raw, "invoice_line_items", lines, [{"customer_id": one, "order_id": two} for one, two in charges])
        add_rows(raw, "orders", orders, [{"id": listed}])
        raw.execute(
            "insert into partner_center_raw.load_ledger (endpoint, partition_id, customer_id, status) values "
            "('orders', 'orders/c1', 'c1', 'complete'), ('orders', 'orders/c2', 'c2', 'missing')"
        )
        found = named_orders.requests(replace(desk.plan(), database=lambda: nullcontext(raw)))
    # Short ids have no call, strangers are not ours, and a customer who is refused is refused order by order.
    assert [one.partition_id for one in found] == [f"orders_by_id/c1/{long}"]
    assert all(one.not_found_is_empty for one in found)


def test_a_document_by_id_needs_a_user(desk: Desk) -> None:
    found = desk.list(document())
    assert INVOICES_BY_ID.needs_user
    assert "invoices_by_id/G1" not in desk.asked(found, with_user=False)
