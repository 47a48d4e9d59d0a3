"""Is the month reconciled, and what is open?"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from pipelines.analysis.pages import DOCUMENT_PARTS, bridge, counted_documents
from tests.notebooks.conftest import Open
from tests.notebooks.running import Page
from tests.published_marts import LONG_AMOUNT

NAME = "month_end_review"


@pytest.fixture
def page(open_page: Open) -> Page:
    return open_page(NAME)


def test_the_review_opens_with_its_moment_and_the_newest_due_month(page: Page) -> None:
    assert "As of 15 September 2026, 06:00 UTC , published generation 7" in page.text
    assert "2026-09: Not reconciled: something could not be compared" in page.text


def test_each_currency_has_its_verdict_in_its_own_digits(page: Page) -> None:
    assert (
        "EUR : breaks are open, 3 open breaks with 200.00 EUR at risk; 1 open break outside this month" in page.text
    )
    assert "JPY : not reconciled, 1 open break with 120,000 JPY at risk" in page.text
    assert "USD : clean" in page.text


def test_the_matched_share_is_of_gross_amounts(page: Page) -> None:
    euro = page.rows("verdict_rows", "currency", "gross_amount", "gross_matched_amount")[0]
    assert euro == ("EUR", "1000", "700")
    assert "1,000.00 700.00 70.0 %" in page.text


def test_an_amount_of_22_digits_is_shown_to_the_last_one(page: Page) -> None:
    assert page.text.count("1,234,567,890.123456789012") >= 3
    assert (LONG_AMOUNT,) in page.rows("bridge", "amount")


def test_documents_are_taken_apart_until_nothing_is_left(page: Page) -> None:
    assert (
        "Billed on the documents 1,000.00 matched to an order 700.00 matched, with an open break 250.00 "
        "no order found 50.00 unexplained 0.00 Billed less all parts 0.00"
    ) in page.text
    assert "Void, not counted: G-VOID" in page.text
    assert "0.00 ✓" in page.text
    assert "✗" not in page.text


def test_every_part_of_a_document_stands_beside_it(page: Page) -> None:
    # What could not be compared is a part of the yen document, and of no other.
    assert "Billed Matched Not compared Unexplained Billed less all parts G-JPY-9" in page.text
    assert "120,000 0 120,000 0 0 ✓" in page.text
    assert "Billed Matched With a break No order Unexplained Billed less all parts G-EUR-9" in page.text


def test_a_part_that_cancels_out_over_two_documents_is_not_left_out() -> None:
    parts = dict.fromkeys(DOCUMENT_PARTS, Decimal(0))
    documents = pl.DataFrame(
        [
            {"currency": "EUR", "is_counted": True, "total_charges": Decimal(amount)}
            | (parts | {"amendment_amount": Decimal(amount)})
            for amount in (5, -5)
        ]
    )
    found = bridge(counted_documents(documents))
    assert found.filter(pl.col("part") == "amendment_amount")["amount"].to_list() == [0]
    assert found.filter(pl.col("part") == "left_over_amount")["amount"].to_list() == [0]
    assert "rounding_amount" not in found["part"]


def test_totals_add_primary_breaks_only(page: Page) -> None:
    # The line that does not add up is counted, its 0.03 is part of the money that another break carries.
    assert ("EUR", "line_total", 1, "0") in page.rows(
        "by_code", "currency", "break_code", "break_count", "primary_amount"
    )
    assert "All open breaks, EUR 3 200.00" in page.text


def test_the_trend_spans_all_months(page: Page) -> None:
    assert page.rows("trend", "currency", "period", "primary_amount") == [
        ("EUR", "2026-08", "12"),
        ("EUR", "2026-09", "200"),
        ("JPY", "2026-09", "120000"),
    ]


def test_a_break_shows_its_numbers_and_the_next_step(page: Page) -> None:
    assert "charged 250.00, ordered 100.00" in page.text
    assert "Look into: Price charged is not the price ordered." in page.text
    assert page.values["greatest"]["EUR"]["break_id"].to_list() == ["b1", "b3"]


def test_what_waits_has_its_due_date(page: Page) -> None:
    assert "2026-10-11 in 26 days ordered, its invoice has not come yet" in page.text
    assert page.rows("waiting_by_reason", "currency", "item_count", "to_come_amount") == [("EUR", 1, "40")]


def test_ageing_spans_all_months(page: Page) -> None:
    assert "EUR 200.00 3 breaks 12.00 1 break none none none 212.00 4 breaks" in page.text
    assert "refers to &lt;o-gone&gt;" in page.text


def test_text_of_the_records_is_never_markup_and_never_a_formula(page: Page) -> None:
    assert "Alpine &lt;Ski&gt; House" in page.text
    table = page.values["searchable"].write_csv()
    assert ",'=Delta()," in table
    assert ",=Delta()" not in table


def test_month_and_currency_can_be_chosen(open_page: Open) -> None:
    page = open_page(NAME, "--period", "2026-08", "--currency", "EUR")
    assert "2026-08: Compared, but breaks are open" in page.text
    assert page.rows("verdicts", "period", "currency") == [("2026-08", "EUR")]
    assert page.rows("documents", "invoice_id") == [("G-EUR-8",)]


def test_all_months_together_stay_rows_of_their_own(open_page: Open) -> None:
    page = open_page(NAME, "--period", "all months", "--currency", "EUR")
    assert "EUR 2026-08 : breaks are open" in page.text
    assert page.rows("verdicts", "period") == [("2026-10",), ("2026-09",), ("2026-08",)]


def test_an_earlier_moment_shows_what_was_known_then(open_page: Open) -> None:
    page = open_page(NAME, "--as-of", "2026-09-12")
    assert "As of 12 September 2026, 00:00 UTC , an enquiry" in page.text
    assert "b1" not in page.values["open_breaks"]["break_id"]


def test_a_month_that_was_never_published_is_said(open_page: Open) -> None:
    assert "Nothing is published for 2031-01." in open_page(NAME, "--period", "2031-01").text


def test_without_a_published_database_the_page_says_what_to_run(open_page: Open, tmp_path: Path) -> None:
    page = open_page(NAME, data_dir=tmp_path)
    assert "nothing is published in" in page.text
    assert "recon run" in page.text


def test_an_earlier_moment_without_an_enquiry_says_how_to_make_one(open_page: Open) -> None:
    page = open_page(NAME, "--as-of", "2026-01-01")
    assert "no enquiry as of 2026-01-01T00:00:00Z" in page.text
