"""Question: whatever the analyst asks. One read-only query, shown as a table, as csv or as json lines."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from typing import IO, Any

import duckdb
from rich import box
from rich.console import Console
from rich.table import Table

from pipelines.errors import UsageError

ROWS_SHOWN = 200
PIPE_WIDTH = 240


def run(connection: duckdb.DuckDBPyConnection, query: str) -> duckdb.DuckDBPyConnection:
    """Runs one query; its rows wait to be fetched.

    Errors:  UsageError with the database's own message.
    """
    try:
        return connection.execute(query)
    except duckdb.Error as error:
        raise UsageError(f"the query cannot run: {error}") from error


def show(connection: duckdb.DuckDBPyConnection, query: str, shape: str, out: IO[str]) -> int:
    """Runs one query and writes its result as text; the number of rows written.

    Shape:   `shape` is `table` (the first 200 rows), `csv` or `json` (one document a line).
    Errors:  UsageError with the database's own message.
    """
    cursor = run(connection, query)
    names = names_of(cursor)
    try:
        rows = cursor.fetchmany(ROWS_SHOWN + 1) if shape == "table" else cursor.fetchall()
    except duckdb.Error as error:
        raise UsageError(f"the query cannot run: {error}") from error
    if shape == "csv":
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(names)
        writer.writerows([_spreadsheet_safe(value) for value in row] for row in rows)
    elif shape == "json":
        for row in rows:
            out.write(json.dumps(dict(zip(names, map(_cell, row), strict=True)), default=str) + "\n")
    else:
        _table(names, rows, out)
    return len(rows)


def facts(connection: duckdb.DuckDBPyConnection, query: str) -> dict[str, Any]:
    """The whole result for a program: names of the columns, and rows as they are.

    Errors:  UsageError with the database's own message.
    """
    cursor = run(connection, query)
    return {"columns": names_of(cursor), "rows": [list(row) for row in cursor.fetchall()]}


def names_of(cursor: duckdb.DuckDBPyConnection) -> list[str]:
    """The names of the columns of a result."""
    return [column[0] for column in cursor.description or []]


def _table(names: list[str], rows: list[tuple[Any, ...]], out: IO[str]) -> None:
    table = Table(box=box.SIMPLE)
    numeric = [all(isinstance(row[index], int | Decimal | None) for row in rows) for index in range(len(names))]
    for name, is_number in zip(names, numeric, strict=True):
        table.add_column(name, justify="right" if is_number else "left", overflow="fold")
    for row in rows[:ROWS_SHOWN]:
        table.add_row(*("" if value is None else str(_cell(value)) for value in row))
    # Where nobody's terminal sets the width, rows keep to one line.
    width = None if out.isatty() else PIPE_WIDTH
    Console(file=out, markup=False, highlight=False, width=width).print(table)
    if len(rows) > ROWS_SHOWN:
        out.write(f"only the first {ROWS_SHOWN} rows are shown; --format csv gives all\n")


def _cell(value: Any) -> Any:
    """Decimals as plain digits without trailing zeros."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f") if value else "0"
    return value


def _spreadsheet_safe(value: Any) -> Any:
    """A cell for a file: text that a spreadsheet would run as a formula as text, numbers as numbers."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@"):
        return "'" + value
    return _cell(value)
