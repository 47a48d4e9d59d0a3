"""The page on a small published database made by hand: euro with breaks, yen not reconciled, dollar clean."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from tests.published_marts import LONG_AMOUNT, add_rows, publish_example
from tests.reports.page_reading import Page, page_of


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Page:
    return page_of(publish_example(tmp_path_factory.mktemp("page") / "data"))


def test_the_worst_verdict_stands_on_top(page: Page) -> None:
    assert "Not reconciled A side of the newest due month is missing or could not be compared in JPY" in page.words


def test_every_currency_and_month_has_its_verdict(page: Page) -> None:
    rows = {(row[0], row[1]): row[2] for row in page.tables["The newest months"][1:]}
    assert rows == {
        ("EUR", "2026-10"): "Nothing to compare, not due yet",
        ("EUR", "2026-09"): "Open breaks",
        ("EUR", "2026-08"): "Open breaks",
        ("JPY", "2026-09"): "Not reconciled",
        ("USD", "2026-09"): "Clean",
    }


def test_a_month_that_is_not_reconciled_says_what_is_missing_and_never_that_it_was_compared(tmp_path: Path) -> None:
    publish_example(tmp_path)
    missing = {"break_id": "m1", "break_code": "invoice_missing", "severity": "high", "status": "open"}
    missing |= {"currency": "JPY", "is_primary": False, "explanation": "no document of 2026-09."}
    verdict = {"currency": "JPY", "period": "2026-08", "verdict": "not_reconciled", "matched_amount": "0"}
    verdict |= dict.fromkeys(("charges_amount", "at_risk_amount", "not_compared_amount", "unexplained_amount"), "0")
    verdict |= dict.fromkeys(("charges_count", "order_items_count", "entitlements_count", "open_breaks_count"), 0)
    add_rows(
        tmp_path,
        {
            "marts.fct_breaks": [missing | {"period": "2026-09"}],
            "marts.dim_break_codes": [{"break_code": "invoice_missing", "title": "Invoice is missing"}],
            "marts.fct_reconciliation": [verdict],
        },
    )
    words = page_of(tmp_path).words
    card = words[words.index("JPY Not reconciled") : words.index("USD Clean")]
    assert "1 charge, 1 order item and 1 entitlement. Missing: Invoice is missing." in card
    assert "Not compared: 120,000 JPY of the charges." in card
    assert "Older months of JPY that are not reconciled: 2026-08." in words
    # Without an amount it would be last; what is missing comes first all the same.
    assert "All 2. Invoice is missing no amount at risk no document of 2026-09." in words


def test_the_parts_of_the_money_add_up_to_what_was_billed_to_the_last_digit(page: Page) -> None:
    for currency in ("EUR", "JPY", "USD"):
        rows = page.tables[f"What was billed in {currency}, part by part"][1:]
        amounts = {row[1]: Decimal(row[2].replace(",", "")) for row in rows}
        billed, charges = amounts.pop("Billed"), amounts.pop("One-time charges")
        assert billed == sum(amounts.values())
        assert charges == sum(amount for name, amount in amounts.items() if name != "Out of scope")


def test_an_amount_of_22_digits_stands_there_in_full(page: Page) -> None:
    row = page.row("What was billed in USD, part by part", "Matched")
    assert row[2] == f"{Decimal(LONG_AMOUNT):,}"


def test_yen_have_no_decimals(page: Page) -> None:
    assert page.row("What was billed in JPY, part by part", "Not compared")[2] == "120,000"
    assert "120,000.00" not in page.words


def test_a_void_document_is_not_part_of_the_money(page: Page) -> None:
    assert "999.99" not in page.words


def test_open_breaks_are_shown_with_reason_next_step_and_command_the_most_at_risk_first(page: Page) -> None:
    first = page.words.index(
        "Price charged is not the price ordered 150.00 EUR at risk charged 250.00, ordered 100.00"
    )
    second = page.words.index("Charge without an order 50.00 EUR at risk no order; 50.00 EUR at risk")
    assert first < second
    assert "Next step: Look into: Price charged is not the price ordered." in page.words
    assert "recon explain b1" in page.words


def test_only_primary_breaks_are_added(page: Page) -> None:
    assert page.row("Open breaks in EUR by kind, the most at risk first", "All") == ["All", "4", "4", "212.00"]
    assert page.row("Open breaks in EUR by kind, the most at risk first", "Line does not add up")[-1] == (
        "counted elsewhere"
    )


def test_ageing_has_every_bucket_and_counts_what_is_open(page: Page) -> None:
    rows = page.tables["Open breaks in EUR by age in days"]
    assert [row[:4] for row in rows[1:]] == [
        ["0-30", "3", "3", "200.00"],
        ["31-60", "1", "1", "12.00"],
        ["61-90", "0", "0", "0.00"],
        ["90+", "0", "0", "0.00"],
        ["All", "4", "4", "212.00"],
    ]


def test_what_was_resolved_is_not_shown_as_open(page: Page) -> None:
    assert "was wrong once" not in page.words


def test_a_break_without_a_currency_is_shown_all_the_same(page: Page) -> None:
    assert "Open breaks without a currency All 1. Entitlement without an order no amount at risk" in page.words


def test_what_waits_for_its_date_is_told_apart_from_breaks(page: Page) -> None:
    assert page.tables["Order items in EUR inside an open window"][1:] == [
        ["Invoice of its month is still to come", "1", "40.00", "2026-10-11"]
    ]


def test_accepted_breaks_are_not_open_and_not_hidden(tmp_path: Path) -> None:
    publish_example(tmp_path)
    add_rows(
        tmp_path,
        {
            "marts.fct_breaks": [
                {"break_id": "b9", "break_code": "line_total", "severity": "high", "status": "accepted"}
                | {"currency": "EUR", "at_risk_amount": "9.99", "is_primary": False, "period": "2026-09"}
            ]
        },
    )
    page = page_of(tmp_path)
    assert "Accepted by an analyst, and not open: 1 break, 9.99 EUR." in page.words
    assert page.row("Open breaks in EUR by kind, the most at risk first", "All")[1] == "4"


def test_coverage_says_of_how_many_and_why_not(tmp_path: Path) -> None:
    publish_example(tmp_path)
    rows = {"kind": "lines", "part": "onetime billing one_time", "compared_with": "orders", "currency": "JPY"}
    add_rows(
        tmp_path,
        {
            "marts.fct_coverage": [
                rows | {"coverage_id": "1", "compared_count": 7, "not_compared_count": 0},
                rows
                | {"coverage_id": "2", "compared_count": 0, "not_compared_count": 3, "not_compared_amount": "1200"}
                | {"not_compared_reason": "HTTP 403", "partition_id": "orders/c1"},
            ]
        },
    )
    page = page_of(tmp_path)
    assert page.row("Compared in JPY", "One-time lines") == ["One-time lines", "7", "10", "7 of 10", "1,200"]
    assert page.tables["Not compared in JPY, and why"][1:] == [
        ["Lines: onetime billing one time", "HTTP 403 orders/c1", "3", "1,200"]
    ]


def test_what_could_not_be_read_is_named_with_its_reason(tmp_path: Path) -> None:
    publish_example(tmp_path)
    unread = {"endpoint": "orders", "status": "missing", "failure_reason": "HTTP 403"}
    add_rows(
        tmp_path,
        {"partner_center_raw.load_ledger": [unread | {"partition_id": f"orders/c{number}"} for number in (2, 1)]},
    )
    page = page_of(tmp_path)
    assert page.tables["Readings that are stale or missing"][1:] == [
        ["orders", "missing", "2", "orders/c1", "HTTP 403"]
    ]
    assert "readings that the numbers stand on are complete" not in page.words


def test_what_could_not_be_read_is_of_all_months_and_says_so(tmp_path: Path) -> None:
    publish_example(tmp_path)
    assert "those of other months among them" in page_of(tmp_path, period="2026-08").words
    unread = {"endpoint": "orders", "status": "missing", "failure_reason": "HTTP 403", "partition_id": "orders/c1"}
    add_rows(tmp_path, {"partner_center_raw.load_ledger": [unread]})
    page = page_of(tmp_path, period="2026-08")
    assert "Readings that are stale or missing, of all months" in page.tables
    assert "Customers, their orders and the catalog belong to no month" in page.words


def test_closed_months_are_told_in_the_words_they_come_with(tmp_path: Path) -> None:
    publish_example(tmp_path)
    assert "No month is closed." in page_of(tmp_path).words
    assert "EUR 2026-08: closed by <ana>" in page_of(tmp_path, closed=["EUR 2026-08: closed by <ana>"]).words


def test_an_enquiry_says_that_it_is_one_and_nothing_of_closed_months(tmp_path: Path) -> None:
    words = page_of(publish_example(tmp_path), is_enquiry=True).words
    assert "An enquiry: what was known by 2026-09-15 06:00 UTC." in words
    assert "No month is closed" not in words


def test_run_facts_stand_at_the_end(page: Page) -> None:
    assert page.row("The run", "Generation") == ["Generation", "7"]
    assert page.row("The run", "As of") == ["As of", "2026-09-15 06:00 UTC"]


def test_one_month_alone_has_its_own_documents_and_breaks(tmp_path: Path) -> None:
    publish_example(tmp_path)
    page = page_of(tmp_path, period="2026-08")
    assert "Billing reconciliation of 2026-08" in page.words
    assert page.row("What was billed in EUR, part by part", "Billed")[2] == "80.00"
    assert page.row("Open breaks in EUR by kind, the most at risk first", "All")[1:] == ["1", "1", "12.00"]
    assert "What was billed in USD" not in " ".join(page.tables)


def test_the_same_data_gives_the_same_bytes(tmp_path: Path) -> None:
    assert page_of(publish_example(tmp_path / "a")).source == page_of(publish_example(tmp_path / "b")).source


def test_currencies_are_never_added_together(page: Page) -> None:
    at_risk = [Decimal("212.00"), Decimal(120000)]
    assert f"{sum(at_risk):,}" not in page.words
    assert not re.search(r"120,?212", page.words)
