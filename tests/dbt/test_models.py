"""The models run on a raw database as loading leaves it: an empty one, and a small month of business."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from pipelines.reports.explanation import explain
from tests.dbt.compiled_models import CompiledModels
from tests.dbt.raw_database import RawDatabase
from tests.dbt.small_world import small_world

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"


def dbt(database: Path, *command: str) -> None:
    """One dbt command in a process of its own: in one process a file opened again is the old one."""
    variables = json.dumps({"as_of": "2024-06-20 00:00:00.000000", "generation": 1})
    outcome = subprocess.run(
        [
            *(sys.executable, "-m", "dbt.cli.main", "--quiet", *command, "--vars", variables),
            *("--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)),
            *("--target-path", str(database.parent / "target"), "--log-path", str(database.parent / "logs")),
        ],
        env={**os.environ, "RECON_BUILD_DATABASE": str(database), "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stdout[-6000:] + outcome.stderr[-2000:]


@pytest.fixture(scope="module")
def built(models: CompiledModels, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small world, built with all invariants holding."""
    folder = tmp_path_factory.mktemp("small")
    with models.built(small_world(), folder) as connection:
        assert models.broken_checks(connection) == []
    return folder / "warehouse.duckdb"


def rows(database: Path, query: str) -> list[tuple[object, ...]]:
    """The result of a query, with a connection that is closed again."""
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_every_unit_test_of_the_models_holds(tmp_path: Path) -> None:
    """An empty warehouse builds, its invariants hold, and the rules do what their examples say."""
    database = tmp_path / "warehouse.duckdb"
    RawDatabase(datetime(2024, 6, 20)).write(database)  # noqa: DTZ001 - the warehouse keeps UTC without zone
    dbt(database, "build")


def test_every_line_of_the_small_world_is_in_its_bucket(built: Path) -> None:
    """One line per bucket: the money of a document is taken apart without a rest."""
    found = dict(rows(built, "select bucket, count(*) from marts.fct_invoice_lines group by bucket"))
    assert found == {
        "matched": 4,
        "matched_with_break": 1,
        "suggested": 1,
        "unmatched": 1,
        "not_compared": 1,
        "out_of_scope": 7,
        "detail": 4,
        "not_counted": 1,
    }


def test_a_void_document_is_not_payable_and_its_adjustment_is(built: Path) -> None:
    """The nested note is one document, though the list shows it again."""
    found = rows(
        built,
        "select invoice_id, is_counted from marts.fct_invoices where invoice_id in ('G004', 'G005') order by 1",
    )
    assert found == [("G004", False), ("G005", True)]


def test_one_customer_that_could_not_be_read_makes_its_month_unreconciled(built: Path) -> None:
    """Its currency carries the mark; the other currencies keep their own verdict."""
    found = dict(rows(built, "select currency, verdict from marts.fct_reconciliation where period = '2024-05'"))
    assert found == {"USD": "not_reconciled", "JPY": "clean", "EUR": "clean", "GBP": "clean"}


def test_a_statement_that_prints_another_total_is_a_finding_and_an_unread_one_is_none(built: Path) -> None:
    found = rows(
        built,
        "select invoice_id, statement_total, statement_status from marts.fct_invoices "
        "where invoice_id like 'G%' order by 1",
    )
    assert found == [
        ("G001", Decimal("157.50"), "read"),
        ("G002", None, "not_read"),
        ("G003", Decimal("9.19"), "read"),
        ("G004", None, "not_downloaded"),
        ("G005", None, "not_downloaded"),
    ]
    breaks = (
        "select invoice_id, at_risk_amount, direction from marts.fct_breaks where break_code = 'statement_vs_invoice'"
    )
    assert rows(built, breaks) == [("G001", Decimal("10.00"), "over")]


def test_an_order_charged_under_its_alternate_id_is_matched(built: Path) -> None:
    """The case of an alternate id means nothing."""
    found = rows(built, "select matched_order_id from marts.fct_invoice_lines where match_pass = '2_alternate_id'")
    assert found == [("OrderAlternate1",)]


def test_a_foreign_currency_is_compared_before_the_rate(built: Path) -> None:
    """Ordered in dollars, billed in euros: a unit costs the cut product of price and rate."""
    found = rows(
        built,
        "select reconciliation_status, charged_currency, order_currency, cast(unit_amount as varchar) "
        "from marts.fct_order_items where order_id = 'OrderForeign1'",
    )
    assert found == [("matched", "EUR", "USD", "9.190000000000000000000000")]


def test_legacy_lines_and_usage_are_lines_too(built: Path) -> None:
    """Equal licences are two lines; daily usage has no total that a sum could count."""
    found = rows(
        built,
        "select invoice_id, line_class, count(*), sum(total) from marts.fct_invoice_lines "
        "where invoice_id like 'L%' group by 1, 2 order by 1, 2",
    )
    assert found == [
        ("L001", "license", 2, Decimal("108.10")),
        ("L002", "daily_usage", 2, None),
        ("L002", "legacy_usage", 2, Decimal(12)),
        ("L003", "license", 1, Decimal(10)),
        ("L004", "daily_usage", 2, None),
        ("L004", "usage", 1, Decimal("0.59")),
    ]


def test_lines_of_every_kind_are_explained(built: Path) -> None:
    """A licence leads to its bytes; a day of usage says what it is there for."""
    day = (
        "select min(invoice_line_id) from marts.fct_invoice_lines where line_class = 'daily_usage' and invoice_id = ?"
    )
    with duckdb.connect(str(built), read_only=True) as connection:
        licences = "\n".join(explain(connection, "L001"))
        found = connection.execute(day, ["L002"]).fetchone()
        usage = "\n".join(explain(connection, str(found and found[0])))
    assert "54.05 CHF; out_of_scope (license)" in licences
    assert "bytes: landing/office_line_items/L001" in licences
    assert usage.startswith(
        "  L002 usage of 2024-05-01 00:00: 53.75 × 8a000000-0000-4000-8000-00000000000a; explains other lines"
    )
    assert "bytes: landing/azure_daily_usage/L002/azure/usage/" in usage


def test_every_total_is_taken_apart_into_its_components(built: Path) -> None:
    found = rows(
        built,
        "select invoice_id, component, amount from marts.fct_invoice_bridge where invoice_id like 'L%' order by 1, 2",
    )
    assert found == [
        ("L001", "lines", Decimal("108.10")),
        ("L001", "tax_outside", Decimal("-8.10")),
        ("L002", "lines", Decimal(12)),
        ("L002", "outside_lines", Decimal(-5)),
        ("L003", "lines", Decimal(10)),
        ("L003", "not_read", Decimal(20)),
        ("L004", "lines", Decimal("0.59")),
    ]


def test_a_legacy_document_breaks_by_what_is_in_no_line_and_by_what_was_not_read(built: Path) -> None:
    """One that ties before tax does not break."""
    found = rows(built, "select invoice_id, break_code from marts.fct_breaks where invoice_id like 'L%' order by 1")
    assert found == [("L002", "invoice_total_vs_lines"), ("L003", "invoice_not_read")]


def test_days_of_usage_explain_what_was_invoiced(built: Path) -> None:
    """One day came late; the day amounts add up to a little more than the line, which was cut."""
    found = rows(
        built,
        "select invoice_id, coverage, usage_row_count, late_row_count, cast(truncation_amount as varchar) "
        "from marts.fct_usage_explanation order by 1",
    )
    assert found == [("L002", "explained", 2, 0, None), ("L004", "explained", 2, 1, "-0.009990400153597542439300")]


def test_an_order_on_the_estimates_is_awaited_until_the_eleventh(built: Path) -> None:
    """The reading as the previous month is the later one."""
    timing = "select timing_code, timing_due_at from marts.fct_order_items where order_id = 'OrderMay1'"
    assert rows(built, timing) == [("on_unbilled", datetime(2024, 6, 11))]  # noqa: DTZ001 - UTC without zone
    estimates = (
        "select period, is_last_reading, matched_order_id, count(*) from marts.fct_unbilled_lines group by all"
    )
    assert sorted(rows(built, estimates), key=str) == [
        ("current", False, "OrderMay1", 2),
        ("previous", True, "OrderMay1", 1),
    ]
