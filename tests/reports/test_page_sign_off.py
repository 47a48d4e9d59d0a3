"""Whether a month may be signed, as the page says first: euro has breaks, yen is not reconciled, dollar is clean."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from pipelines.reports.sign_off import objections
from pipelines.reports.workbook import write_workbook
from pipelines.warehouse import Folders, open_published
from tests.published_marts import add_rows, publish_example
from tests.reports.page_reading import Page, page_of
from tests.reports.workbook_reading import text_of

_QUESTION = "May 2026-09 be signed?"


def answer(page: Page) -> str:
    start = page.words.index(_QUESTION) + len(_QUESTION) + 1
    return page.words[start : page.words.index(" EUR Open breaks", start)]


def decide(data: Path, set_to: str) -> None:
    with duckdb.connect(str(Folders(data).published.resolve())) as connection:
        connection.execute(f"update marts.fct_breaks set {set_to}")


def test_the_first_thing_said_is_whether_the_month_may_be_signed_and_what_speaks_against_it(tmp_path: Path) -> None:
    page = page_of(publish_example(tmp_path))
    assert answer(page) == (
        "Not yet. JPY is not reconciled. 4 breaks of high or critical severity wait to be resolved, or accepted or "
        "disputed with a comment: EUR 3, JPY 1."
    )
    assert "Open breaks3 To be decided3 At risk200.00 Open, all months4 At risk, all months212.00" in page.words


def test_a_grave_break_that_somebody_answered_for_waits_no_longer(tmp_path: Path) -> None:
    publish_example(tmp_path)
    decide(tmp_path, "status = 'disputed', comment = 'ticket 7' where break_id = 'b1'")
    assert "EUR 2, JPY 1" in answer(page_of(tmp_path))
    # Without a word why, an acceptance decides nothing.
    decide(tmp_path, "status = 'accepted', comment = ' ' where break_id = 'b3'")
    assert "EUR 2, JPY 1" in answer(page_of(tmp_path))


def test_a_month_against_which_nothing_speaks_may_be_signed(tmp_path: Path) -> None:
    publish_example(tmp_path)
    decide(tmp_path, "severity = 'medium' where true")
    with duckdb.connect(str(Folders(tmp_path).published.resolve())) as connection:
        connection.execute("update marts.fct_reconciliation set verdict = 'breaks' where currency = 'JPY'")
    assert answer(page_of(tmp_path)) == "Nothing speaks against it."


@pytest.mark.parametrize("currency", ["EUR", "JPY", "USD"])
def test_the_page_and_the_closing_of_a_month_agree(tmp_path: Path, currency: str) -> None:
    publish_example(tmp_path)
    with open_published(Folders(tmp_path)) as connection:
        against = list(objections(connection, datetime(2026, 9, 15), "2026-09", currency))  # noqa: DTZ001
    assert bool(against) == (currency in answer(page_of(tmp_path)))


def test_a_month_that_was_asked_for_is_not_called_the_newest(tmp_path: Path) -> None:
    page = page_of(publish_example(tmp_path), period="2026-08")
    assert "May 2026-08 be signed? Not yet." in page.words
    assert "newest due month:" not in page.words
    assert "in 2026-08. 1 open break, 12.00 EUR at risk." in page.words
    assert "all months" not in page.words.split("What changed since the last run")[0]
    with open_published(Folders(tmp_path)) as connection:
        write_workbook(connection, tmp_path / "all.xlsx", period="2026-08")
    assert "Month asked for: EUR 2026-08 open breaks." in text_of(tmp_path / "all.xlsx", "Summary")


def test_breaks_of_no_month_are_told_beside_the_months_so_that_they_add_up(tmp_path: Path) -> None:
    publish_example(tmp_path)
    balance = {"break_code": "balance_detail", "severity": "medium", "status": "open", "currency": "EUR"}
    add_rows(
        tmp_path,
        {"marts.fct_breaks": [balance | {"break_id": "b8", "at_risk_amount": "0.50", "is_primary": True}]},
    )
    page = page_of(tmp_path)
    assert "1 open break (0.50 EUR at risk) is of none of the months that have a verdict" in page.words
    months = [int(row[6]) for row in page.tables["EUR by month"][1:]]
    assert sum(months) + 1 == int(page.row("Open breaks in EUR by kind, the most at risk first", "All")[1])


def test_what_is_in_our_favour_is_the_vendors_to_ask_for(tmp_path: Path) -> None:
    publish_example(tmp_path)
    decide(tmp_path, "direction = 'under' where break_id = 'b1'")
    assert "in our favour, and the vendor may ask for it" in page_of(tmp_path).words
