"""Reports on a small published database made by hand: EUR, JPY and a 22-digit amount in USD."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from pipelines.errors import UsageError
from pipelines.reports import query, verdict
from pipelines.reports.statement import amount_text, statement
from pipelines.reports.statement_queries import figures
from pipelines.warehouse import Folders, open_published
from tests.published_marts import add_rows, publish_example

AS_OF = datetime(2026, 10, 14, 9)  # noqa: DTZ001 - as the published file says it


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    data = tmp_path_factory.mktemp("published")
    publish_example(data)
    with open_published(Folders(data)) as connection:
        yield connection


@pytest.mark.parametrize(
    ("amount", "decimals", "text"),
    [
        ("1234567.5", 2, "1,234,567.50"),
        ("979717254", 0, "979,717,254"),
        ("-0.005", 2, "-0.005"),
        ("1234567890123456789012.12", 2, "1,234,567,890,123,456,789,012.12"),
        ("0.000000000000", 2, "0.00"),
        ("1E+3", 0, "1,000"),
        ("12345678901234567890123456.123456789012", 2, "12,345,678,901,234,567,890,123,456.123456789012"),
    ],
)
def test_amounts_are_shown_with_their_currencys_digits_and_never_rounded(
    amount: str, decimals: int, text: str
) -> None:
    assert amount_text(Decimal(amount), decimals) == text


def test_the_statement_has_one_part_per_currency_and_never_adds_them(published: duckdb.DuckDBPyConnection) -> None:
    lines = list(statement(published))
    currencies = [row[0] for row in published.execute("select distinct currency from marts.fct_invoices").fetchall()]
    assert [line for line in lines if len(line) == 3] == sorted(currencies)
    assert len(currencies) > 1


def test_a_charge_on_a_document_of_another_currency_is_told_so_that_the_lines_tie(tmp_path: Path) -> None:
    publish_example(tmp_path)
    line = {"invoice_line_id": "stray", "invoice_id": "G-EUR-9", "line_class": "one_time", "bucket": "matched"}
    add_rows(tmp_path, {"marts.fct_invoice_lines": [line | {"currency": "JPY", "total": "7920"}]})
    with open_published(Folders(tmp_path)) as connection:
        lines = list(statement(connection))
        assert figures(connection)["charges_on_other_currency_documents"] == [
            {"currency": "JPY", "lines_count": 1, "amount": Decimal(7920)}
        ]
    told = [line.split() for line in lines if "documents in another currency" in line]
    assert told == [["of", "them", "on", "documents", "in", "another", "currency", "1", "7,920"]]
    assert lines.index("JPY") < next(number for number, line in enumerate(lines) if "another currency" in line)


def test_a_statement_shows_a_22_digit_amount_to_the_last_digit(published: duckdb.DuckDBPyConnection) -> None:
    amounts = [row[0] for row in published.execute("select total_charges from marts.fct_invoices").fetchall()]
    largest = max(amounts, key=abs)
    digits = format(largest.normalize(), "f")
    assert len(digits.replace(".", "")) == 22
    assert digits in "\n".join(statement(published)).replace(",", "")


def test_a_statement_says_what_was_compared_and_what_could_not_be_read(tmp_path: Path) -> None:
    publish_example(tmp_path)
    lines = {"kind": "lines", "part": "onetime billing one_time", "compared_with": "orders and entitlements"}
    rows = [
        lines | {"coverage_id": "1", "currency": "JPY", "compared_count": 7, "not_compared_count": 0},
        lines
        | {
            "coverage_id": "2",
            "currency": "JPY",
            "compared_count": 0,
            "not_compared_count": 3,
            "not_compared_amount": Decimal(1200),
            "not_compared_reason": "HTTP 403",
            "partition_id": "orders/c1",
        },
        {"coverage_id": "3", "kind": "audit_feed", "part": "days", "compared_count": 88, "not_compared_count": 2},
    ]
    add_rows(tmp_path, {"marts.fct_coverage": rows})
    with open_published(Folders(tmp_path)) as connection:
        said = list(statement(connection))
    assert "  compared: one-time lines 7 of 10" in said
    assert "    not compared: 3 lines, 1,200; HTTP 403 (orders/c1)" in said
    assert "record of activity: 2 of 90 days could not be read" in said


def test_the_check_wants_a_period_that_exists(published: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(UsageError, match="1999-01"):
        verdict.check(published, as_of=AS_OF, period="1999-01", fail_on="high")


def test_before_any_period_is_due_the_verdict_is_not_reconciled(published: duckdb.DuckDBPyConnection) -> None:
    early = datetime(2020, 1, 1)  # noqa: DTZ001
    result = verdict.check(published, as_of=early, period=None, fail_on="high")
    assert result.exit_code == 2
    assert "no period is due yet" in "\n".join(result.lines)


def test_csv_cells_that_a_spreadsheet_would_run_are_text(published: duckdb.DuckDBPyConnection) -> None:
    out = io.StringIO()
    query.show(published, "select '=1+1' as formula, cast(-1.50 as decimal(38, 12)) as amount", "csv", out)
    assert out.getvalue() == "formula,amount\n'=1+1,-1.5\n"


def test_json_rows_keep_every_digit(published: duckdb.DuckDBPyConnection) -> None:
    out = io.StringIO()
    query.show(published, "select cast('1234567890123456789012.12' as decimal(38, 12)) as amount", "json", out)
    assert json.loads(out.getvalue()) == {"amount": "1234567890123456789012.12"}


def test_a_query_that_cannot_run_is_a_usage_error(published: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(UsageError, match="no_such_table"):
        query.show(published, "select * from no_such_table", "table", io.StringIO())


def test_only_the_published_name_matters(tmp_path: Path) -> None:
    """A folder without a published name says what to run, whatever else lies in it."""
    (tmp_path / "published" / "generations").mkdir(parents=True)
    with pytest.raises(Exception, match="recon run"):
        open_published(Folders(tmp_path))


def test_what_was_accepted_is_told_apart_and_is_not_open(tmp_path: Path) -> None:
    publish_example(tmp_path)
    folders = Folders(tmp_path)
    with duckdb.connect(str(folders.published.resolve())) as connection:
        connection.execute("update marts.fct_breaks set status = 'accepted' where currency = 'EUR'")
        count, amount = connection.execute(
            "select count(*), sum(at_risk_amount) from marts.fct_breaks where currency = 'EUR'"
        ).fetchall()[0]
    with open_published(folders) as connection:
        told = [line for line in statement(connection) if "accepted" in line]
        checked = verdict.check(connection, as_of=AS_OF, period=None, fail_on="low")
    assert [line.split()[-2:] for line in told] == [[str(count), amount_text(amount, 2)]]
    left = "select count(*) from marts.fct_breaks where status not in ('resolved', 'accepted')"
    with open_published(folders) as connection:
        [(still_open,)] = connection.execute(left).fetchall()
    counted = next(line for line in checked.lines if line.startswith("open breaks of all periods"))
    assert sum(int(part.split()[0]) for part in counted.partition(": ")[2].split(", ")) == still_open
