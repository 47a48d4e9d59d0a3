"""The result of a query as a file: exact, whole, and for its owner only; and what the command refuses."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from python_calamine import CalamineWorkbook

from pipelines.commands.sql import sql
from pipelines.errors import UsageError
from pipelines.reports import query_files
from pipelines.reports.query_files import write_file
from pipelines.warehouse import Folders, open_published
from tests.published_marts import LONG_AMOUNT, publish_example

MIXED = """
select '0007' as sku_id, '=1+1' as company_name, currency, amount, day, moment, quantity from (values
  ('JPY', cast('120000' as decimal(38, 12)), date '2026-09-06', timestamp '2026-09-06 10:00:00',
    cast('1.5' as decimal(38, 24))),
  ('EUR', cast('10.50' as decimal(38, 12)), null, null, null),
  ('USD', cast('1234567890.123456789012' as decimal(38, 12)), null, null, null)
) as rows(currency, amount, day, moment, quantity)
"""
Command = Callable[..., Result]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish_example(tmp_path_factory.mktemp("files") / "data")


@pytest.fixture
def recon_sql(data: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """`recon sql` in this process."""
    monkeypatch.setenv("RECON_DATA_DIR", str(data))
    return lambda *arguments: CliRunner().invoke(sql, arguments, catch_exceptions=True)


def written(data: Path, query: str, shape: str, file: Path) -> int:
    with open_published(Folders(data)) as connection:
        return write_file(connection, query, shape, file)


def test_parquet_keeps_every_decimal(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "result.parquet"
    assert written(data, MIXED, "parquet", file) == 3
    table = pq.read_table(file)
    assert str(table.schema.field("amount").type) == "decimal128(38, 12)"
    assert table["amount"].to_pylist() == [Decimal(120000), Decimal("10.50"), Decimal(LONG_AMOUNT)]
    assert table["sku_id"].to_pylist() == ["0007"] * 3
    assert file.stat().st_mode & 0o077 == 0


def test_a_workbook_has_real_dates_ids_as_text_and_no_rounded_amount(data: Path, tmp_path: Path) -> None:
    """What a cell would round stays text, and a formula is none."""
    file = tmp_path / "result.xlsx"
    assert written(data, MIXED, "xlsx", file) == 3
    sheet = CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python()
    assert sheet[0] == ["sku_id", "company_name", "currency", "amount", "day", "moment", "quantity"]
    assert sheet[1][:4] == ["0007", "=1+1", "JPY", 120000]
    assert sheet[1][4] == date(2026, 9, 6)
    assert sheet[1][5] == datetime(2026, 9, 6, 10)  # noqa: DTZ001 - UTC without zone
    assert sheet[1][6] == 1.5
    assert sheet[3][3] == LONG_AMOUNT


def test_a_sheet_that_cannot_hold_the_rows_says_what_can(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(query_files, "ROWS_IN_A_SHEET", 3)
    with pytest.raises(UsageError, match="use --format parquet"):
        written(data, MIXED, "xlsx", tmp_path / "result.xlsx")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("shape", ["table", "csv", "json", "parquet", "xlsx"])
def test_a_query_that_fails_leaves_the_former_file(data: Path, tmp_path: Path, shape: str) -> None:
    file = tmp_path / "result"
    file.write_text("former")
    with pytest.raises(UsageError, match="the query cannot run"):
        written(data, "select nonsense", shape, file)
    assert file.read_text() == "former"
    assert list(tmp_path.iterdir()) == [file]


def test_two_columns_of_one_name_are_two_columns(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "result.xlsx"
    written(data, "select 1 as number, 2 as number", "xlsx", file)
    assert CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python()[1] == [1, 2]


@pytest.mark.parametrize("ending", ["csv", "json", "parquet", "xlsx"])
def test_the_ending_of_the_file_says_the_format(recon_sql: Command, tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"result.{ending}"
    done = recon_sql("select currency from marts.fct_invoices", "--out", str(file))
    assert (done.exit_code, done.output.startswith("5 rows: ")) == (0, True), done.output
    assert file.stat().st_mode & 0o077 == 0


def test_a_saved_question_is_listed_and_asked(recon_sql: Command, tmp_path: Path) -> None:
    listed = recon_sql("--questions").output
    assert "which_refunds_never_came " in listed
    file = tmp_path / "result.csv"
    done = recon_sql("--question", "what_was_not_compared", "--out", str(file))
    assert done.exit_code == 0, done.output
    assert file.read_text().startswith("period,currency,kind,part,")


def test_a_program_gets_one_document(recon_sql: Command) -> None:
    done = recon_sql("select 'a' as id, cast(1.50 as decimal(38, 12)) as amount", "--json")
    document = json.loads(done.stdout)
    assert document["columns"] == ["id", "amount"]
    assert document["rows"] == [["a", "1.500000000000"]]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("select 1", "--question", "is_the_month_reconciled"), "not both"),
        (("select 1", "--currency", "EUR"), "belong to --question"),
        (("select 1", "--format", "parquet"), "--out result.parquet"),
        (("select 1", "--format", "xlsx"), "--out result.xlsx"),
        (("--out", "result.csv"), "needs a QUERY or a --question"),
        (("--question", "is_the_month_reconsiled"), "did you mean is_the_month_reconciled"),
        (("select 1", "--out", "no-such-folder/result.csv"), "there is no folder no-such-folder"),
    ],
)
def test_what_cannot_be_meant_is_said(recon_sql: Command, arguments: tuple[str, ...], said: str) -> None:
    done = recon_sql(*arguments)
    assert isinstance(done.exception, UsageError)
    assert said in str(done.exception)


@pytest.mark.parametrize(
    "query",
    [
        "copy (select 1) to '{here}/stolen.csv'",
        "export database '{here}/stolen'",
        "attach '{here}/other.duckdb' as other",
        "select * from read_csv('/etc/hosts', columns = {{'a': 'varchar'}})",
        "select * from '/etc/hosts'",
        "from read_text('/etc/hosts')",
        "install httpfs",
        "load httpfs",
        "set enable_external_access = true",
        "set lock_configuration = false",
        "create table marts.more as select 1",
        "delete from marts.fct_invoices",
        "drop table marts.fct_invoices",
        "select 1; delete from marts.fct_invoices",
    ],
)
def test_a_query_only_reads_and_only_what_is_published(data: Path, tmp_path: Path, query: str) -> None:
    with open_published(Folders(data)) as connection:
        with pytest.raises(UsageError, match="the query cannot run"):
            write_file(connection, query.format(here=tmp_path), "csv", tmp_path / "result.csv")
        assert connection.execute("select count(*) from marts.fct_invoices").fetchone() == (5,)
    assert os.listdir(tmp_path) == []


def test_two_desks_read_the_same_file_at_once(data: Path) -> None:
    with open_published(Folders(data)) as first, open_published(Folders(data)) as second:
        assert isinstance(first, duckdb.DuckDBPyConnection)
        assert first.execute("select 1").fetchone() == second.execute("select 1").fetchone()
