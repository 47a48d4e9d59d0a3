"""Why is this break there, and what is being done about it?"""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipelines.analysis import open_warehouse, pages
from pipelines.annotations import newest_annotations
from pipelines.errors import UsageError
from pipelines.warehouse import Folders
from tests.analysis_marts import publish_desk
from tests.notebooks.conftest import Open
from tests.notebooks.running import Page

NAME = "break_explorer"


@pytest.fixture
def page(open_page: Open) -> Page:
    return open_page(NAME, "--currency", "EUR")


def test_it_opens_with_the_greatest_break_and_its_next_step(page: Page) -> None:
    assert page.values["break_id"] == "b1"
    assert "charged 250.00, ordered 100.00" in page.text
    assert "Next: Look into: Price charged is not the price ordered." in page.text


def test_amounts_at_risk_are_of_primary_breaks_and_stay_apart(open_page: Open) -> None:
    page = open_page(NAME)
    assert page.rows("at_risk", "currency", "break_count", "primary_amount") == [
        ("EUR", 4, "212"),
        ("JPY", 1, "120000"),
    ]
    assert "At risk, JPY 120,000 1 break" in page.text


@pytest.mark.parametrize(
    ("choice", "found"),
    [
        (["--currency", "JPY"], ["b6"]),
        (["--period", "2026-08"], ["b4"]),
        (["--customer", "Kyoto Tea"], ["b6"]),
        (["--customer", "c-delta"], ["b3", "b7"]),
        (["--code", "line_total"], ["b2"]),
        (["--code", "line_total", "--status", "all"], ["b5", "b2"]),
        (["--severity", "low"], ["b7"]),
        (["--status", "disputed"], ["b4"]),
    ],
)
def test_every_choice_narrows_the_list(open_page: Open, choice: list[str], found: list[str]) -> None:
    assert open_page(NAME, *choice).values["found"]["break_id"].to_list() == found


def test_the_rows_behind_a_break_are_those_of_its_order(page: Page) -> None:
    assert page.rows("charges_behind", "invoice_line_id", "total") == [("l2", "250")]
    assert page.rows("items_behind", "order_id", "expected_amount") == [("o2", "100")]


def test_the_walk_is_that_of_the_command(page: Page, desk: Path) -> None:
    assert page.values["walk"] == open_warehouse(desk).explain("b1")
    assert "price_charged_vs_ordered" in page.values["walk"][0]


def test_a_break_can_be_named(open_page: Open) -> None:
    page = open_page(NAME, "--break", "b3")
    assert page.values["break_id"] == "b3"
    assert page.rows("charges_behind", "invoice_line_id", "bucket") == [("l3", "unmatched")]


def test_what_was_known_then_has_no_later_break(open_page: Open) -> None:
    page = open_page(NAME, "--currency", "EUR", "--as-of", "2026-09-12")
    assert page.values["break_id"] == "b3"


def test_a_choice_without_breaks_says_so(open_page: Open) -> None:
    assert "No break for this choice." in open_page(NAME, "--currency", "USD").text


def test_the_file_with_the_note_is_one_that_annotate_reads(page: Page) -> None:
    assert page.values["notes_file"].splitlines() == [
        "break_id,status,owner,comment,ticket,expected_at,accept_order_id",
        "b1,open,,,,,",
    ]


def test_a_note_is_recorded_as_the_command_does(tmp_path: Path) -> None:
    folders = Folders(publish_desk(tmp_path))
    folders.make()
    done = open_warehouse(tmp_path).annotate(
        "b1", by="Ada", status="disputed", comment="=asked the vendor", ticket="T-7"
    )
    assert done == "1 noted, 0 known already; `recon run` shows them"
    note = newest_annotations(folders)["b1"]
    assert (note["status"], note["comment"], note["ticket"]) == ("disputed", "=asked the vendor", "T-7")
    assert note["annotated_by"] == "Ada"


def test_the_form_opens_with_what_was_noted_and_says_what_came_of_it(tmp_path: Path) -> None:
    Folders(publish_desk(tmp_path)).make()
    warehouse = open_warehouse(tmp_path)
    found = warehouse.breaks().filter(pl.col("break_id") == "b4").collect().row(0, named=True)
    note = pages.note_form(warehouse, found).value
    assert note == {"status": "disputed", "owner": "", "ticket": "", "expected_at": "", "comment": ""}
    assert "1 noted" in pages.recorded(warehouse, "b4", note | {"owner": "Ada"}, "Ada").text
    assert newest_annotations(Folders(tmp_path))["b4"]["owner"] == "Ada"
    assert "is not in the published result" in pages.recorded(warehouse, "b99", note | {"owner": "Ada"}, "Ada").text


def test_what_cannot_be_noted_is_refused_in_the_words_of_the_command(tmp_path: Path, desk: Path) -> None:
    Folders(publish_desk(tmp_path)).make()
    with pytest.raises(UsageError, match="accepting break b1 of severity high needs a comment"):
        open_warehouse(tmp_path).annotate("b1", by="Ada", status="accepted")
    with pytest.raises(ValueError, match=r"a note has no colour; it has status, owner"):
        open_warehouse(tmp_path).annotate("b1", by="Ada", colour="red")
    with pytest.raises(ValueError, match="an enquiry shows what was known then"):
        open_warehouse(desk, as_of="2026-09-12").annotate("b3", by="Ada", status="open")
