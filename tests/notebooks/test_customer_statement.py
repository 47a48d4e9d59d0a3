"""What were we billed for this customer, what did they receive, and what is open?"""

from __future__ import annotations

from pathlib import Path

from tests.analysis_marts import publish_desk
from tests.notebooks.conftest import Open
from tests.notebooks.running import run_notebook
from tests.published_marts import add_rows

NAME = "customer_statement"


def test_charges_of_a_customer_by_month_and_what_of_them_is_not_clear(open_page: Open) -> None:
    page = open_page(NAME, "--customer", "c-alpine")
    assert "Alpine &lt;Ski&gt; House" in page.text
    assert page.rows("by_month", "currency", "period", "charge_count", "total", "open_amount") == [
        ("EUR", "2026-08", 1, "80", "0"),
        ("EUR", "2026-09", 2, "950", "250"),
    ]
    assert page.rows("net", "currency", "total") == [("EUR", "1030")]
    assert "Charged, EUR 1,030.00 net, 3 charges" in page.text


def test_a_void_document_and_recurring_lines_are_no_charges(open_page: Open) -> None:
    page = open_page(NAME, "--customer", "c-alpine")
    assert page.rows("charges", "invoice_line_id") == [("l4",), ("l1",), ("l2",)]
    assert page.rows("other_lines", "line_class", "line_count") == [("recurring", 1)]


def test_other_lines_of_a_void_document_count_as_little(tmp_path: Path) -> None:
    void = {"invoice_line_id": "l9", "invoice_id": "G-VOID", "line_class": "recurring", "bucket": "not_counted"}
    void |= {"customer_id": "c-alpine", "currency": "EUR", "total": "5"}
    add_rows(publish_desk(tmp_path), {"marts.fct_invoice_lines": [void]})
    page = run_notebook(NAME, "--customer", "c-alpine", data_dir=tmp_path)
    assert page.rows("other_lines", "line_class", "line_count", "total") == [("recurring", 1, "0")]


def test_currencies_stay_apart_and_each_has_its_digits(open_page: Open) -> None:
    page = open_page(NAME, "--customer", "c-delta")
    assert page.rows("net", "currency", "total") == [("EUR", "50"), ("USD", "1234567890.123456789012")]
    assert "Charged, JPY 120,000 net, 1 charge" in open_page(NAME, "--customer", "Kyoto Tea").text


def test_what_is_open_and_what_was_received(open_page: Open) -> None:
    page = open_page(NAME, "--customer", "c-alpine")
    assert page.rows("at_risk", "currency", "break_count", "at_risk") == [("EUR", 3, "162")]
    assert set(page.rows("items", "order_id", "reconciliation_status")) == {
        ("o1", "matched"),
        ("o2", "break"),
        ("o5", "timing"),
    }
    assert open_page(NAME, "--customer", "c-delta").rows("entitlements", "entitlement_id") == [("e1",)]


def test_month_and_currency_narrow_it(open_page: Open) -> None:
    page = open_page(NAME, "--customer", "c-delta", "--currency", "EUR", "--period", "2026-09")
    assert page.rows("charges", "invoice_line_id") == [("l3",)]
    assert page.rows("open_breaks", "break_id") == [("b3",)]


def test_an_earlier_moment_shows_what_was_known_then(open_page: Open) -> None:
    page = open_page(NAME, "--customer", "c-delta", "--as-of", "2026-09-12")
    assert page.rows("net", "currency") == [("USD",)]


def test_without_a_customer_it_asks_for_one(open_page: Open) -> None:
    assert "Choose a customer above." in open_page(NAME, "--customer", "all customers").text
