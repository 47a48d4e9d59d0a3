"""The month-end review, run cold in a process of its own, as `marimo export` and an analyst would."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.published_marts import publish_example

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "month_end_review.py"
# One process for all pages: importing marimo and Polars takes longer than a page.
RUN = """
import importlib, json, os, sys
sys.path.insert(0, sys.argv[1])
pages = {}
for name, data_dir, *arguments in json.loads(sys.argv[2]):
    os.environ["RECON_DATA_DIR"] = data_dir
    sys.argv[1:] = arguments
    sys.modules.pop("month_end_review", None)
    outputs, names = importlib.import_module("month_end_review").app.run()
    pages[name] = "\\n".join(getattr(output, "text", "") for output in outputs)
    if "searchable" in names:
        pages[name + ", to download"] = names["searchable"].write_csv()
print(json.dumps(pages))
"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The text of the page for several choices, tags removed."""
    example = str(publish_example(tmp_path_factory.mktemp("data")))
    asked = [
        ["as opened", example],
        ["euro in August", example, "--period", "2026-08", "--currency", "EUR"],
        ["all months", example, "--period", "all months"],
        ["unknown month", example, "--period", "2031-01"],
        ["nothing published", str(tmp_path_factory.mktemp("empty"))],
    ]
    done = subprocess.run(
        [sys.executable, "-W", "error::UserWarning", "-c", RUN, str(NOTEBOOK.parent), json.dumps(asked)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return {name: _text(page) for name, page in json.loads(done.stdout.splitlines()[-1]).items()}


@pytest.fixture
def page(pages: dict[str, str]) -> str:
    return pages["as opened"]


def _text(page: str) -> str:
    # A callout carries its content in an attribute.
    page = re.sub(r"data-html='([^']*)'[^>]*>", lambda found: ">" + json.loads(html.unescape(found[1])), page)
    return re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL))


def test_the_review_opens_with_its_moment_and_the_newest_due_month(page: str) -> None:
    assert "As of 15 September 2026, 06:00 UTC" in page
    assert "2026-09: Not reconciled: something could not be compared" in page


def test_each_currency_has_its_verdict_in_its_own_digits(page: str) -> None:
    assert "EUR : breaks are open, 3 open breaks with 200.00 EUR at risk; 1 open break outside this month" in page
    assert "JPY : not reconciled, 1 open break with 120,000 JPY at risk" in page
    assert "USD : clean" in page


def test_an_amount_of_22_digits_is_shown_to_the_last_one(page: str) -> None:
    assert page.count("1,234,567,890.123456789012") >= 3


def test_a_document_is_taken_apart_until_nothing_is_left(page: str) -> None:
    assert (
        "Billed on the document 1,000.00 &emsp;matched to an order 700.00 &emsp;matched, with an open break 250.00 "
        "&emsp;no order found 50.00 &emsp;unexplained 0.00 Billed less all parts 0.00 ✓"
    ) in page
    assert "Void, not counted: G-VOID" in page
    assert "✗" not in page


def test_totals_add_primary_breaks_only(page: str) -> None:
    # The line that does not add up is counted, its 0.03 is part of the money that another break carries.
    assert "Line does not add up line_total 1 0.00" in page
    assert "All open breaks, EUR 3 200.00" in page


def test_a_break_shows_its_numbers_and_the_next_step(page: str) -> None:
    assert "charged 250.00, ordered 100.00" in page
    assert "Look into: Price charged is not the price ordered." in page


def test_what_waits_has_its_due_date_and_ageing_spans_all_months(page: str) -> None:
    assert "2026-10-11 in 26 days ordered, its invoice has not come yet" in page
    assert "EUR 200.00 3 breaks 12.00 1 break none none 212.00 4 breaks" in page
    assert "Entitlement without an order: refers to &lt;o-gone&gt;" in page


def test_text_of_the_records_is_never_markup(page: str) -> None:
    assert "Alpine &lt;Ski&gt; House" in page


def test_a_downloaded_name_is_no_formula(pages: dict[str, str]) -> None:
    table = pages["as opened, to download"]
    assert ",'=Delta()," in table
    assert ",=Delta()" not in table


def test_month_and_currency_can_be_chosen(pages: dict[str, str]) -> None:
    page = pages["euro in August"]
    assert "2026-08: Compared, but breaks are open" in page
    assert "JPY" not in page
    assert "G-EUR-8" in page
    assert "G-EUR-9" not in page


def test_all_months_together_stay_rows_of_their_own(pages: dict[str, str]) -> None:
    page = pages["all months"]
    assert "EUR 2026-08 : breaks are open" in page
    assert "All documents G-EUR-8" in page


def test_a_month_that_was_never_published_is_said(pages: dict[str, str]) -> None:
    assert "Nothing is published for 2031-01." in pages["unknown month"]


def test_without_a_published_database_the_page_says_what_to_run(pages: dict[str, str]) -> None:
    assert "nothing is published in" in pages["nothing published"]


def test_the_notebook_imports_analysis_marimo_and_polars_only() -> None:
    imported = re.findall(r"^\s*(?:import|from) ([\w.]+)", NOTEBOOK.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert set(imported) == {"marimo", "polars", "pipelines.analysis"}
