"""The notebooks on what a whole run published: they say what the marts say, to the last digit."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from tests.end_to_end.desk import Desk, copy_of
from tests.notebooks.running import run_notebook


@pytest.fixture(scope="module")
def analysts(finished: Desk, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy for the notebooks: DuckDB opens a file in one way only in a process, and other tests open it too."""
    return copy_of(finished, tmp_path_factory.mktemp("analysts"))


def test_the_review_takes_every_document_apart_and_shows_every_open_break(finished: Desk, analysts: Path) -> None:
    page = run_notebook("month_end_review", "--period", "all months", data_dir=analysts)
    assert page.values["counted_documents"]["left_over_amount"].unique().to_list() == [Decimal(0)]
    assert "✗" not in page.text
    shown = page.rows("by_code", "currency", "break_code", "break_count", "primary_amount")
    assert shown == [
        (currency, code, count, f"{Decimal(amount).normalize():f}")
        for currency, code, count, amount in finished.published(
            "select currency, break_code, count(*), coalesce(sum(at_risk_amount) filter (is_primary), 0)::text "
            "from marts.fct_breaks where status <> 'resolved' and currency is not null group by all "
            "order by 1, coalesce(sum(at_risk_amount) filter (is_primary), 0) desc, 2"
        )
    ]


def test_the_explorer_leads_from_a_break_to_a_page_that_lies_there(finished: Desk, analysts: Path) -> None:
    page = run_notebook("break_explorer", "--code", "charge_without_order", data_dir=analysts)
    assert page.values["charges_behind"].height > 0
    files = re.findall(r"landing/\S+?\.json\.zst", "\n".join(page.values["walk"]))
    assert files
    assert [file for file in files if not (finished.data / file).exists()] == []


def test_the_statement_of_a_customer_adds_up_to_what_was_billed(finished: Desk, analysts: Path) -> None:
    page = run_notebook("customer_statement", data_dir=analysts)
    customer = page.values["customer"]["customer_id"]
    billed = finished.published(
        "select currency, count(*), sum(total)::text from marts.fct_invoice_lines where line_class = 'one_time' "
        f"and bucket <> 'not_counted' and customer_id = '{customer}' group by 1 order by 1"
    )
    assert billed
    assert page.rows("net", "currency", "charge_count", "total") == [
        (currency, count, f"{Decimal(total).normalize():f}") for currency, count, total in billed
    ]


def test_the_others_show_every_row_of_their_marts(finished: Desk, analysts: Path) -> None:
    refunds = run_notebook("refunds", data_dir=analysts)
    drift = run_notebook("price_and_fx_drift", data_dir=analysts)
    reservations = run_notebook("reservations", data_dir=analysts)
    shown = [
        refunds.values["by_status"]["refund_count"].sum(),
        drift.values["price_checks"].height,
        drift.values["fx_checks"].height,
        reservations.values["reservations"].height,
    ]
    marts = ("fct_refunds", "fct_price_checks", "fct_fx_checks", "fct_reservations")
    assert shown == [finished.published(f"select count(*) from marts.{mart}")[0][0] for mart in marts]
    assert min(shown) > 0
