"""Explanations on a small published database: from the bytes to the verdict, as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from pipelines.errors import UsageError
from pipelines.reports.explanation import explain, explained, stories
from pipelines.reports.explanation.lines import LINES_SHOWN
from pipelines.reports.explanation.text import told as text_of
from pipelines.reports.rows import plain, safe_cell
from pipelines.warehouse import Folders, open_published
from tests.published_marts import LONG_AMOUNT, add_rows, publish_example

NAMES = {"product_id": "p1", "sku_id": "0001", "customer_id": "c-kyoto"}
GRAPH = "invoice_line_items/G.JPY/9/onetime/billing"
MORE = {
    "marts.fct_breaks": [
        {"break_id": "abcdef-1", "break_code": "cancelled_not_credited", "severity": "high", "direction": "over"}
        | {
            "grain": "order_item",
            "status": "disputed",
            "is_primary": True,
            "order_id": "o7",
            "currency": "JPY",
            **NAMES,
        }
        | {"expected_quantity": "1", "actual_quantity": "3", "at_risk_amount": "17400", "difference_amount": "17400"}
        | {"explanation": "reduced to 1, still charged 3; 17400 JPY at risk", "business_at": "2026-09-06 00:00:00"}
        | {"first_seen_at": "2026-09-12 06:00:00", "age_days": 9, "owner": "Ana", "ticket": "CASE-7"},
        {"break_id": "abcdef-2", "break_code": "charge_without_order", "severity": "high", "direction": "over"}
        | {"grain": "charge_group", "status": "open", "is_primary": True, "order_id": "o-lost", "currency": "JPY"}
        | {"at_risk_amount": "5", "explanation": "no order", "business_at": "2026-09-06 00:00:00", **NAMES}
        | {"first_seen_at": "2026-09-12 06:00:00", "age_days": 9},
        {"break_id": "fedcba-3", "break_code": "balance_vs_open_invoices", "severity": "high", "direction": "over"}
        | {"grain": "balance", "invoice_type": "one_time", "status": "open", "is_primary": True, "currency": "JPY"}
        | {"at_risk_amount": "20000", "explanation": "balance 100000", "first_seen_at": "2026-09-12 06:00:00"},
        {"break_id": "fedcba-4", "break_code": "entitlement_without_order", "severity": "low"}
        | {"grain": "entitlement", "entitlement_id": "e8", "status": "open", "is_primary": True, "order_id": "o-gone"}
        | {"direction": "exposure", "explanation": "entitled to 2", "first_seen_at": "2026-09-12 06:00:00", **NAMES},
        {"break_id": "fedcba-5", "break_code": "invoice_without_lines", "severity": "high", "direction": "over"}
        | {"grain": "document", "invoice_id": "G-JPY-9", "status": "open", "is_primary": True, "currency": "JPY"}
        | {"at_risk_amount": "120000", "explanation": "no line", "first_seen_at": "2026-09-12 06:00:00"},
        {"break_id": "fedcba-6", "break_code": "closed_invoice_restated", "severity": "high", "direction": "under"}
        | {"grain": "document", "invoice_id": "G-JPY-9", "status": "open", "is_primary": True, "currency": "JPY"}
        | {"at_risk_amount": "1000", "explanation": "lines changed", "first_seen_at": "2026-09-15 06:00:00"},
        {"break_id": "fedcba-7", "break_code": "closed_invoice_restated", "severity": "high", "direction": "over"}
        | {"grain": "document", "invoice_id": "G-EUR-9", "status": "open", "is_primary": True, "currency": "EUR"}
        | {"at_risk_amount": "1", "explanation": "total changed", "first_seen_at": "2026-09-15 06:00:00"},
    ],
    "marts.fct_restated_lines": [
        {"restated_line_id": f"{change}-{item}", "invoice_id": "G-JPY-9", "change": change, "currency": "JPY"}
        | {"partition_id": GRAPH.replace("JPY/9", "JPY%2F9"), "page": 1, "item": item, "order_id": order, **NAMES}
        | {"walk_id": "000001-abc" if change == "removed" else "000002-abc", "is_closed": True, "quantity": quantity}
        | {"reference_at": "2026-09-13 07:30:00", "changed_at": "2026-09-15 06:00:00", "charge_type": "new"}
        | {"subtotal": total, "tax_total": "0", "total": total}
        for change, item, order, quantity, total in (
            ("added", 2, "o7", "2", "17400"),
            ("removed", 3, "o7", "3", "26100"),
            *(("removed", item, "o-many", "1", "5") for item in range(10, 40)),
        )
    ],
    "marts.fct_balances": [
        {"read_at": "2026-09-15 06:00:00", "accounting_at": "2026-09-14 00:00:00", "currency": "JPY"}
        | {"invoice_type": kind, "balance_amount": balance, "open_invoices_amount": left, "is_latest": True}
        | {"difference_amount": difference}
        for kind, balance, left, difference in (
            ("total", "100000", "80000", "20000"),
            ("one_time", "100000", "80000", "20000"),
        )
    ],
    "intermediate.int_balance_documents": [
        {"read_at": "2026-09-15 06:00:00", "currency": "JPY", "invoice_type": "one_time", "is_void": False}
        | {"invoice_id": name, "is_in": is_in, "total_amount": total, "paid_amount": paid}
        for name, is_in, total, paid in (
            ("G-JPY-9", True, "120000", "40000"),
            ("G-LATER", False, "0", "0"),
            ("G-PAID", True, "500", "500"),
        )
    ],
    "intermediate.int_entitlements": [{"entitlement_id": "e8", "_partition": "entitlements/c-kyoto", "path": "5"}],
    "staging.stg_partner_center__entitlements": [
        {"endpoint": "entitlements", "path": "5", "_partition": "entitlements/c-kyoto", "_page": 2, "_position": 6}
    ],
    "staging.stg_partner_center__invoices": [
        {"endpoint": endpoint, "checked_at": "2026-09-15 06:00:00", "invoice_id": "G-JPY-9", "is_nested": is_nested}
        | {"_partition": partition, "_page": 1, "_position": position}
        for endpoint, is_nested, partition, position in (
            ("invoices_by_id", False, "invoices_by_id/G-JPY-9", 1),
            ("invoices", True, "invoices", 8),
            ("invoices", False, "invoices", 9),
        )
    ],
    "partner_center_raw.invoice_summaries": [
        {"currency_code": "jpy", "_partition": "invoice_summaries/000007-sum", "_walk_id": "000007-sum"}
        | {"_page": 1, "_position": 2}
    ],
    "marts.fct_order_items": [
        {"order_item_id": "i7", "order_id": "o7", "alternate_id": "a7b8c9", "order_currency": "JPY", **NAMES}
        | {"order_status": "completed", "created_at": "2026-08-04 10:00:00", "billing_cycle": "one_time"}
        | {"expected_quantity": "1", "expected_amount": "8700", "charged_currency": "JPY", "charged_quantity": "3"}
        | {"charged_subtotal": "26100", "entitled_quantity": "1", "timing_code": "credit_due"}
        | {"timing_due_at": "2026-10-11 00:00:00", "reduced_at": "2026-09-02 08:30:00"}
        | {"reconciliation_status": "break"}
    ],
    "marts.fct_order_lines": [
        {"order_item_id": "i7", "order_id": "o7", "order_line_number": 0, **NAMES, "quantity": "1"}
        | {"unit_price": "8700", "extended_amount": "8700", "currency": "JPY", "transaction_type": "new"}
    ],
    "marts.fct_entitlements": [
        {"entitlement_id": "e7", "order_id": "o7", **NAMES, "quantity": "1", "entitlement_type": "software"},
        {"entitlement_id": "e8", "order_id": "o-gone", **NAMES, "quantity": "2", "entitlement_type": "software"}
        | {"order_line_number": 0},
    ],
    "marts.fct_invoice_lines": [
        {"invoice_line_id": "aaaaaa-1", "invoice_id": "G-JPY-9", "line_class": "one_time", "charge_type": "new"}
        | {"bucket": "matched_with_break", "order_id": "A7B8C9", "matched_order_id": "o7", "order_item_id": "i7"}
        | {"match_pass": "2_alternate_id", "currency": "JPY", "signed_quantity": "3", "subtotal": "26100", **NAMES}
        | {"tax_total": "2610", "total": "28710", "charge_group_id": "g7", "invoice_at": "2026-09-06 00:00:00"},
        {"invoice_line_id": "bbbbbb-1", "invoice_id": "G-JPY-9", "line_class": "one_time", "charge_type": "new"}
        | {"bucket": "suggested", "order_id": "o-lost", "suggested_order_id": "o8", "charge_group_id": "g8"}
        | {"currency": "JPY", "signed_quantity": "1", "subtotal": "5", "tax_total": "0", "total": "5", **NAMES},
        {"invoice_line_id": "cccccc-1", "invoice_id": "G-JPY-9", "line_class": "daily_usage"}
        | {"billing_provider": "onetime", "currency": "JPY", "subtotal": "1.5", "signed_quantity": "2.5", **NAMES}
        | {"quantity": "2.5", "usage_at": "2026-08-03 00:00:00", "bucket": "detail"},
    ],
    "marts.fct_match_candidates": [
        {"break_id": "abcdef-2", "candidate_order_id": "o8", "candidate_order_item_id": "i8", "is_suggested": True}
        | {"candidate_created_at": "2026-08-05 00:00:00", "candidate_quantity": "1", "candidate_currency": "JPY"}
        | {"reason": "the only order that fits"},
        {"break_id": "abcdef-2", "candidate_order_id": "o7", "candidate_order_item_id": "i7", "is_suggested": False}
        | {"candidate_created_at": "2026-08-04 00:00:00", "candidate_quantity": "1", "candidate_currency": "JPY"}
        | {"reason": "it is charged already"},
    ],
    "marts.fct_line_proofs": [
        {
            "invoice_line_id": "aaaaaa-1",
            "proof": "total",
            "formula": "total = subtotal + tax",
            "within_tolerance": True,
        }
        | {"inputs": "26100 + 2610", "expected_amount": "28710", "actual_amount": "28710"}
    ],
    "marts.fct_refunds": [
        {"refund_id": "r7", "order_item_id": "i7", "refund_status": "late", "expected_quantity": "2"}
        | {"refunded_quantity": "0", "pricing_currency": "JPY", "expected_pricing_amount": "17400"}
        | {"refunded_pricing_amount": "0", "due_at": "2026-10-11 00:00:00"}
    ],
    "intermediate.int_breaks_found": [
        {
            "break_id": "abcdef-1",
            "break_code": "cancelled_not_credited",
            "order_item_id": "i7",
            "charge_group_id": "g7",
        },
        {"break_id": "abcdef-2", "break_code": "charge_without_order", "charge_group_id": "g8"},
        {
            "break_id": "explained",
            "break_code": "quantity_charged_vs_ordered",
            "order_item_id": "i7",
            "grain": "order_item",
        }
        | {"order_id": "o7", "currency": "JPY", "explanation": "charged 3, ordered 1", "direction": "over", **NAMES},
    ],
    "intermediate.int_breaks_suppressed": [
        {"break_id": "explained", "break_code": "quantity_charged_vs_ordered"}
        | {"suppressed_by_break_id": "abcdef-1", "suppressed_by": "cancelled_not_credited"}
    ],
    "intermediate.int_break_events": [
        {"break_id": "abcdef-1", "event": "remeasured", "event_at": "2026-09-15 06:00:00", "status": "disputed"}
        | {"generation": 7, "at_risk_amount": "17400"}
    ],
    "recon_memory.break_log": [
        {"break_id": "abcdef-1", "event": "opened", "event_at": "2026-09-12 06:00:00", "status": "open"}
        | {"generation": 5, "at_risk_amount": "8700"}
    ],
    "recon_memory.annotations": [
        {"break_id": "abcdef-1", "status": "disputed", "owner": "Ana", "ticket": "CASE-7", "annotated_by": "Bo"}
        | {"annotated_at": "2026-09-13 06:00:00", "generation": 5, "comment": "claimed by phone"}
    ],
    "intermediate.int_line_identities": [
        {"invoice_line_id": "aaaaaa-1", "_partition": GRAPH.replace("JPY/9", "JPY%2F9"), "_page": 2, "_position": 7}
    ],
    "staging.stg_partner_center__orders": [
        {"order_id": "o7", "_partition": "orders/c-kyoto", "_page": 1, "_position": 3}
        | {"checked_at": "2026-09-15 06:00:00"}
    ],
    "staging.stg_partner_center__order_line_states": [
        {"order_id": "o7", "order_line_number": 0, "quantity": "3", "seen_at": "2026-08-04 12:00:00"}
        | {"order_status": "completed", "is_first_reading": True},
        {"order_id": "o7", "order_line_number": 0, "quantity": "1", "seen_at": "2026-09-02 12:00:00"}
        | {"order_status": "completed", "is_first_reading": False},
    ],
    "staging.stg_partner_center__daily_rated_usage": [
        {"invoice_id": "G-JPY-9", "usage_date": "2026-08-03", "customer_id": "c-kyoto", "quantity": "2.5"}
        | {"product_id": "p1", "_partition": "daily_rated_usage/G-JPY-9/JPY", "_page": page, "_position": 4}
        for page in (1, 2)
    ],
    "partner_center_raw.load_ledger": [
        {"partition_id": name, "endpoint": name.split("/")[0], "walk_id": walk, "source_api": api}
        | {"read_at": "2026-09-15 06:00:00"}
        for name, walk, api in (
            (GRAPH.replace("JPY/9", "JPY%2F9"), "000002-abc", "graph"),
            ("orders/c-kyoto", "000001-def", "v1"),
            ("entitlements/c-kyoto", "000005-ent", "v1"),
            ("invoices", "000006-inv", "v1"),
            ("invoice_summaries/000007-sum", "000007-sum", "v1"),
            ("daily_rated_usage/G-JPY-9/JPY", "000003-ghi", "graph"),
        )
    ],
    "partner_center_raw.invoice_line_items": [
        {"charge_type": "new", "order_id": "A7B8C9", "subtotal": "26100", "_page": 2, "_position": 7}
        | {"_partition": GRAPH.replace("JPY/9", "JPY%2F9")}
    ],
    "seeds.timing_windows": [{"timing_code": "credit_due", "then_codes": "cancelled_not_credited"}],
}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    data = publish_example(tmp_path_factory.mktemp("explanation") / "data")
    add_rows(data, MORE)
    with open_published(Folders(data)) as connection:
        yield connection


def told(published: duckdb.DuckDBPyConnection, *subject: str) -> str:
    return "\n".join(explain(published, *subject))


def as_data(published: duckdb.DuckDBPyConnection, *subject: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(explained(published, *subject)))
    return found


def test_a_break_is_told_with_its_item_side_by_side(published: duckdb.DuckDBPyConnection) -> None:
    lines = [line.split() for line in told(published, "abcdef-1").splitlines()]
    assert ["expected", "charged", "entitled"] in lines
    assert ["quantity", "1", "3", "1"] in lines
    assert ["amount", "8,700", "JPY", "26,100", "JPY"] in lines


def test_a_break_is_told_with_its_states_window_refund_and_history(published: duckdb.DuckDBPyConnection) -> None:
    text = told(published, "abcdef-1")
    assert "2026-08-04 12:00  line 0: 3, completed, first reading" in text
    assert "2026-09-02 12:00  line 0: 1, completed" in text
    assert "last reduced 2026-09-02 08:30" in text
    assert "due 2026-10-11 00:00; then cancelled_not_credited" in text
    assert "refund late: 2 for 17,400 JPY" in text
    history = text.split("history\n")[1].splitlines()
    assert [line.split()[2].rstrip(",:") for line in history[:3]] == ["opened", "noted", "remeasured"]
    assert "“claimed by phone”, by Bo" in history[1]


def test_a_break_names_those_it_speaks_for(published: duckdb.DuckDBPyConnection) -> None:
    assert "quantity_charged_vs_ordered: charged 3, ordered 1" in told(published, "abcdef-1")
    assert "shown as  cancelled_not_credited (abcdef-1) speaks for it" in told(published, "explained")


def test_candidates_say_why_they_were_not_confirmed(published: duckdb.DuckDBPyConnection) -> None:
    text = told(published, "abcdef-2")
    assert "order o-lost: no such order was read" in text
    assert "suggested: o8 of 2026-08-05 00:00, quantity 1 JPY: the only order that fits" in text
    assert "no: o7 of 2026-08-04 00:00, quantity 1 JPY: it is charged already" in text


def test_a_balance_is_told_part_by_part_with_the_documents_that_are_open(
    published: duckdb.DuckDBPyConnection,
) -> None:
    text = told(published, "fedcba-3")
    assert (
        "balance (one time), read 2026-09-15 06:00, as of 2026-09-14 00:00: 100,000 JPY; open documents 80,000"
        in text
    )
    assert "G-JPY-9 invoice of 2026-09-06 00:00: 120,000, paid 40,000, open 80,000" in text
    assert "G-LATER document of unknown: unknown, not counted: later than the balance" in text
    assert "G-PAID" not in text
    assert "bytes: landing/invoice_summaries/000007-sum/page-00001.json.zst, item 2" in text


@pytest.mark.parametrize(
    ("break_id", "is_primary", "status", "counted"),
    [
        ("counted", True, "open", "; counted in totals"),
        ("beside", False, "open", "; beside a greater break of the same subject"),
        ("settled", False, "accepted", "; accepted, so in no total"),
        ("blocking", True, "accepted", "; counted in totals"),
    ],
)
def test_a_break_says_whether_totals_count_it(
    published: duckdb.DuckDBPyConnection, break_id: str, is_primary: bool, status: str, counted: str
) -> None:
    (story,) = stories(published, "abcdef-1", None)
    story["break"] |= {"break_id": break_id, "is_primary": is_primary, "status": status}
    assert f"at risk   17,400 JPY (over){counted}" in list(map(str.strip, text_of(story)))


def test_an_entitlement_is_told_with_its_customer_and_its_bytes(published: duckdb.DuckDBPyConnection) -> None:
    text = told(published, "fedcba-4")
    assert "customer  c-kyoto" in text
    assert "entitlement to 2 × p1 0001 (software)\n  names order o-gone, line 0" in text
    assert "bytes: landing/entitlements/c-kyoto/000005-ent/page-00002.json.zst, item 6" in text
    assert "at risk   not known (exposure)\n" in text


@pytest.mark.parametrize("subject", ["fedcba-5", "G-JPY-9"])
def test_a_document_is_told_with_the_bytes_of_the_list(published: duckdb.DuckDBPyConnection, subject: str) -> None:
    assert "bytes: landing/invoices/000006-inv/page-00001.json.zst, item 9" in told(published, subject)


def test_a_document_that_changed_is_told_with_the_lines_that_are_gone_and_new(
    published: duckdb.DuckDBPyConnection,
) -> None:
    """What a line was above what it is, the dearest first; the rest is named and not shown."""
    text = told(published, "fedcba-6")
    part = text.split("lines that changed since the month was closed, 2026-09-13 07:30 (32)\n")[1].splitlines()
    folder = "landing/invoice_line_items/G%2EJPY%2F9/onetime/billing"
    assert part[:4] == [
        "  gone new: 3 × p1 0001, 26,100 + tax 0 = 26,100 JPY; customer c-kyoto, order o7",
        f"      bytes: {folder}/000001-abc/page-00001.json.zst, item 3",
        "  new  new: 2 × p1 0001, 17,400 + tax 0 = 17,400 JPY; customer c-kyoto, order o7",
        f"      bytes: {folder}/000002-abc/page-00001.json.zst, item 2",
    ]
    assert part[2 * LINES_SHOWN].startswith("  … 7 more: recon sql ")
    query = part[2 * LINES_SHOWN].split('"')[1]
    assert len(published.execute(query).fetchall()) == 32


def test_programs_are_told_the_same_lines_with_exact_amounts(published: duckdb.DuckDBPyConnection) -> None:
    found = as_data(published, "fedcba-6")["explanations"][0]["restatement"]
    assert (len(found["lines"]), found["lines_left_out"], found["is_closed"]) == (LINES_SHOWN, 7, True)
    gone, new = found["lines"][:2]
    assert (gone["change"], gone["total"], gone["item"]) == ("removed", "26100", 3)
    assert (new["change"], new["total"], new["item"]) == ("added", "17400", 2)


@pytest.mark.parametrize("break_id", ["fedcba-7", "fedcba-5"])
def test_where_no_line_changed_none_is_told(published: duckdb.DuckDBPyConnection, break_id: str) -> None:
    """The total alone moved, or the break is another one."""
    assert "lines that changed" not in told(published, break_id)
    assert as_data(published, break_id)["explanations"][0]["restatement"] is None


@pytest.mark.parametrize("name", ["o7", "a7b8c9", "A7B8C9"])
def test_an_order_is_found_by_its_id_and_by_its_alternate_id(published: duckdb.DuckDBPyConnection, name: str) -> None:
    text = told(published, name)
    assert text.startswith("order o7, also a7b8c9 (completed")
    assert "billed lines (1)" in text
    assert "break abcdef-1" in text
    assert "bytes: landing/orders/c-kyoto/000001-def/page-00001.json.zst, item 3 (v1" in text


@pytest.mark.parametrize("part", ["p1", "p1:0001", "p1/0001"])
def test_an_order_is_narrowed_to_a_product(published: duckdb.DuckDBPyConnection, part: str) -> None:
    assert "item p1:0001" in told(published, "o7", part)


def test_an_order_that_only_charges_name_is_told_too(published: duckdb.DuckDBPyConnection) -> None:
    text = told(published, "o-lost")
    assert "no such order was read; charges name it" in text
    assert "no pass confirmed an order; o8 is suggested" in text


def test_a_line_is_told_as_it_was_sent_with_its_class_pass_and_proofs(published: duckdb.DuckDBPyConnection) -> None:
    text = told(published, "aaaaaa-1")
    assert "class     one_time: a one-time charge" in text
    assert "pass      2_alternate_id: the customer's order with that alternate id" in text
    assert "proof     total holds: 26100 + 2610 gives 28,710, is 28,710" in text
    sent = [line.split() for line in text.split("as sent\n")[1].splitlines()[:3]]
    assert sent == [["charge_type", "new"], ["order_id", "A7B8C9"], ["subtotal", "26100"]]


def test_a_line_of_an_export_leads_to_its_page(published: duckdb.DuckDBPyConnection) -> None:
    """The folder is named as the landing names it, whatever stands in an id."""
    folder = "landing/invoice_line_items/G%2EJPY%2F9/onetime/billing/000002-abc"
    assert f"bytes: {folder}/page-00002.json.zst, item 7 (graph" in told(published, "aaaaaa")


def test_a_day_of_usage_leads_to_its_bytes_and_says_when_rows_are_equal(published: duckdb.DuckDBPyConnection) -> None:
    text = told(published, "cccccc-1")
    assert "explains other lines" in text
    assert "daily_rated_usage/G-JPY-9/JPY/000003-ghi/page-00001.json.zst, item 4" in text
    assert "the first of 2 equal rows" in text


def test_an_invoice_is_told_with_its_parts_and_lines(published: duckdb.DuckDBPyConnection) -> None:
    text = told(published, "G-EUR-9")
    assert text.startswith("G-EUR-9 invoice of 2026-09-06 00:00, counted: 1,000.00 EUR")
    assert [line.split() for line in text.splitlines()[1:4]] == [
        ["matched", "700.00"],
        ["matched", "with", "break", "250.00"],
        ["unmatched", "50.00"],
    ]


def test_a_line_of_an_invoice_is_told_alone(published: duckdb.DuckDBPyConnection) -> None:
    assert as_data(published, "G-EUR-9", "l2")["explanations"][0]["line"]["invoice_line_id"] == "l2"


@pytest.mark.parametrize(
    "subject", ["abcdef-1", "abcdef-2", "explained", "o7", "o-lost", "G-EUR-9", "aaaaaa-1", "b7"]
)
def test_everything_told_is_there_as_json(published: duckdb.DuckDBPyConnection, subject: str) -> None:
    data = as_data(published, subject)
    assert data["as_of"] == "2026-09-15T06:00:00Z"
    assert data["explanations"][0]["kind"] in {"break", "explained_break", "order", "invoice", "line"}


def test_amounts_in_json_are_exact_text(published: duckdb.DuckDBPyConnection) -> None:
    line = as_data(published, "G-USD-9")["explanations"][0]["lines"][0]
    assert line["total"] == LONG_AMOUNT
    item = as_data(published, "o7")["explanations"][0]["items"][0]
    assert item["sides"]["charged"] == {"quantity": "3", "amount": "26100", "currency": "JPY", "digits": 0}


def test_values_without_an_exact_form_are_left_as_they_are() -> None:
    assert plain([None, True, 3, "text"]) == [None, True, 3, "text"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@a", "\tx"])
def test_text_that_a_spreadsheet_would_run_is_made_harmless(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize(
    ("subject", "message"),
    [
        (("no-such",), "marts.fct_breaks"),
        (("abcdef",), "2 breaks begin with"),
        (("G-EUR-9", "nope"), "has no line `nope`; `recon explain G-EUR-9`"),
        (("o7", "p9"), "has no item `p9`; `recon explain o7`"),
    ],
)
def test_what_cannot_be_explained_says_what_to_call(
    published: duckdb.DuckDBPyConnection, subject: tuple[str, ...], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        list(explain(published, *subject))
