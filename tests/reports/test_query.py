"""One query on the terminal: what is no query, what is several, and rows that are wider than the screen."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from pipelines.cli import cli
from pipelines.commands.failures import failure_of
from pipelines.errors import UsageError
from pipelines.reports.query import PIPE_WIDTH, facts, show
from pipelines.reports.query_files import write_file


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        yield made


def shown(connection: duckdb.DuckDBPyConnection, query: str) -> str:
    """What `recon sql` prints."""
    out = io.StringIO()
    show(connection, query, "table", out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("-- nothing", "there is no query in it"),
        ("", "there is no query"),
        ("select 1; select 2", "are 2 queries"),
    ],
)
def test_what_is_not_one_query_is_refused(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, query: str, told: str
) -> None:
    """Of several queries the database would answer the last, and nobody would miss the others."""
    for ask in (
        lambda: shown(connection, query),
        lambda: facts(connection, query),
        lambda: write_file(connection, query, "parquet", tmp_path / "answer.parquet"),
    ):
        with pytest.raises(UsageError, match=told):
            ask()
    assert not (tmp_path / "answer.parquet").exists()


def test_a_semicolon_in_a_text_or_at_the_end_parts_nothing(connection: duckdb.DuckDBPyConnection) -> None:
    assert "a;b" in shown(connection, "select 'a;b' as found; -- that is all")


@pytest.mark.parametrize("shape", ["table", "csv", "json"])
def test_every_digit_of_a_decimal_is_shown(connection: duckdb.DuckDBPyConnection, shape: str) -> None:
    """A column has up to 38 digits; rounded to fewer, the number is another one."""
    out = io.StringIO()
    query = "select cast('12345678901234.123456789012345678901234' as decimal(38, 24)) as quantity, 1200.00 as amount"
    show(connection, query, shape, out)
    assert "12345678901234.123456789012345678901234" in out.getvalue()
    assert "1200" in out.getvalue()
    assert "1200.0" not in out.getvalue()


def test_rows_too_wide_for_the_screen_are_shown_one_below_the_other(connection: duckdb.DuckDBPyConnection) -> None:
    columns = ", ".join(f"123456789.12 + {number} as column_{number}" for number in range(30))
    found = shown(connection, f"select 'G1' as invoice_id, {columns}")
    assert "row 1\n  invoice_id  G1\n  column_0    123456789.12\n" in found
    empty = shown(connection, f"select 'G1' as invoice_id, {columns} limit 0")
    assert empty.startswith("no rows; columns: invoice_id, column_0")


def test_words_are_folded_and_numbers_never(connection: duckdb.DuckDBPyConnection) -> None:
    """Half a number, with the other half on the next line, is another number."""
    amounts = [f"12345678901234567890.{number:012d}" for number in range(6)]
    columns = ", ".join(f"{amount} as amount_{number}" for number, amount in enumerate(amounts))
    found = shown(connection, f"select '{'word ' * 60}' as explanation, {columns}")
    assert all(len(line) <= PIPE_WIDTH for line in found.splitlines())
    assert all(amount.rstrip("0").rstrip(".") in found for amount in amounts)
    assert len(found.splitlines()) > 10
    assert not found.startswith("row 1")


@pytest.mark.parametrize("query", ["selec 1", "select * from nowhere", "select 1; select 2"])
def test_a_query_that_cannot_run_is_told_where_to_look(connection: duckdb.DuckDBPyConnection, query: str) -> None:
    """The help of the command knows no table."""
    with pytest.raises(UsageError) as caught:
        shown(connection, query)
    told = failure_of(caught.value, "sql", None)
    assert (told.exit_code, told.kind) == (4, "UsageError")
    assert ".tables and .schema" in told.next_step


def test_asking_where_nothing_is_makes_no_data_directory(tmp_path: Path) -> None:
    """A folder that was mistyped would stay behind, empty."""
    CliRunner().invoke(cli, ["sql", "select 1"], env={"RECON_DATA_DIR": str(tmp_path / "mistyped")})
    assert not (tmp_path / "mistyped").exists()
