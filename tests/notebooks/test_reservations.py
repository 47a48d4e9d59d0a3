"""What is reserved, for whom, until when, and was it charged as ordered?"""

from __future__ import annotations

from pathlib import Path

from tests.analysis_marts import publish_desk
from tests.notebooks.conftest import Open
from tests.notebooks.running import run_notebook
from tests.published_marts import add_rows

NAME = "reservations"


def test_reservations_stand_in_the_order_in_which_they_end(open_page: Open) -> None:
    page = open_page(NAME)
    assert page.rows("reservations", "reservation_id", "ends") == [("v1", "soon"), ("v2", "later")]
    assert "Ends within 90 days 1 1 customer" in page.text
    assert page.rows("expiries", "month", "reservation_count") == [("2026-10", 1), ("2029-08", 1)]


def test_each_is_beside_what_its_order_item_was_charged(open_page: Open) -> None:
    page = open_page(NAME)
    assert page.rows("by_status", "charged_currency", "reconciliation_status", "charged_total") == [
        ("EUR", "matched", "700"),
        ("JPY", "not_compared", "120000"),
    ]


def test_an_order_item_behind_two_reservations_was_charged_once(tmp_path: Path) -> None:
    same = {"customer_id": "c-alpine", "order_id": "o1", "product_id": "p1", "sku_id": "0001", "quantity": "1"}
    add_rows(publish_desk(tmp_path), {"marts.fct_reservations": [{**same, "reservation_id": "v3"}]})
    page = run_notebook(NAME, "--customer", "c-alpine", data_dir=tmp_path)
    assert page.values["reservations"].height == 2
    assert page.rows("by_status", "item_count", "charged_total") == [(1, "700")]


def test_customer_and_currency_narrow_it(open_page: Open) -> None:
    assert open_page(NAME, "--customer", "Kyoto Tea").rows("reservations", "reservation_id") == [("v2",)]
    assert open_page(NAME, "--currency", "EUR").rows("reservations", "reservation_id") == [("v1",)]


def test_none_is_no_proof_that_there_is_none(open_page: Open) -> None:
    assert "That is no proof that there is none." in open_page(NAME, "--customer", "c-delta").text


def test_an_earlier_moment_shows_what_was_known_then(open_page: Open) -> None:
    assert open_page(NAME, "--as-of", "2026-09-12").rows("reservations", "reservation_id") == [("v1",)]
