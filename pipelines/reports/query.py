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
from pipelines.money import money_text

ROWS_SHOWN = 200
PIPE_WIDTH = 240
# A column with less room than this folds its words into pieces that nobody reads.
_READABLE_WIDTH = 12
_BETWEEN_COLUMNS = 3


def cannot_run(why: object) -> UsageError:
    """What to raise for a query that cannot run; the help of `recon sql` would name no table."""
    told = UsageError(f"the query cannot run: {why}")
    told.next_step = (
        "mend the query; `recon sql` without one is a prompt, where .tables and .schema TABLE show what there is and "
        "Tab completes"
    )
    return told


def statements(connection: duckdb.DuckDBPyConnection, text: str) -> list[str]:
    """The queries in a text, which semicolons part; none in a comment.

    Errors:  UsageError with the database's own message.
    """
    try:
        return [one.query for one in connection.extract_statements(text)]
    except duckdb.Error as error:
        raise cannot_run(error) from error


def one_query(connection: duckdb.DuckDBPyConnection, text: str) -> str:
    """The text, if it is one query: of several the database would answer the last alone.

    Errors:  UsageError when it is none, or several.
    """
    count = len(statements(connection, text))
    if count == 1:
        return text
    if count == 0:
        raise UsageError('there is no query in it; write one, like "select * from marts.fct_reconciliation"')
    raise cannot_run(
        f"these are {count} queries, and one is answered at a time; ask them one by one, "
        "or all of a file with `recon sql < FILE`"
    )


def run(connection: duckdb.DuckDBPyConnection, query: str) -> duckdb.DuckDBPyConnection:
    """Runs one query; its rows wait to be fetched.

    Errors:  UsageError with the database's own message.
    """
    query = one_query(connection, query)
    try:
        return connection.execute(query)
    except duckdb.Error as error:
        raise cannot_run(error) from error


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
        raise cannot_run(error) from error
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
    try:
        return {"columns": names_of(cursor), "rows": [list(row) for row in cursor.fetchall()]}
    except duckdb.Error as error:
        raise cannot_run(error) from error


def names_of(cursor: duckdb.DuckDBPyConnection) -> list[str]:
    """The names of the columns of a result."""
    return [column[0] for column in cursor.description or []]


def _table(names: list[str], rows: list[tuple[Any, ...]], out: IO[str]) -> None:
    # Where nobody's terminal sets the width, rows keep to one line.
    console = Console(file=out, markup=False, highlight=False, width=None if out.isatty() else PIPE_WIDTH)
    cells = [["" if value is None else str(_cell(value)) for value in row] for row in rows[:ROWS_SHOWN]]
    table = Table(box=box.SIMPLE)
    needed = 1
    for index, name in enumerate(names):
        width = max(len(name), *(len(row[index]) for row in cells)) if cells else len(name)
        is_number = all(isinstance(row[index], int | Decimal | None) for row in rows)
        # Half a number is another number, so only words are folded.
        needed += (width if is_number else min(width, _READABLE_WIDTH)) + _BETWEEN_COLUMNS
        table.add_column(name, justify="right" if is_number else "left", overflow="fold", no_wrap=is_number)
    if needed > console.width:
        _records(names, cells, out)
    else:
        for row in cells:
            table.add_row(*row)
        console.print(table)
    if len(rows) > ROWS_SHOWN:
        out.write(f"only the first {ROWS_SHOWN} rows are shown; --format csv gives all\n")


def _records(names: list[str], cells: list[list[str]], out: IO[str]) -> None:
    """More columns than fit side by side: one below the other, row by row."""
    width = max(map(len, names))
    for number, row in enumerate(cells, start=1):
        out.write(f"row {number}\n")
        out.writelines(f"  {name:<{width}}  {cell}".rstrip() + "\n" for name, cell in zip(names, row, strict=True))
    if not cells:
        out.write(f"no rows; columns: {', '.join(names)}\n")


def _cell(value: Any) -> Any:
    """Decimals as plain digits without trailing zeros."""
    if isinstance(value, Decimal):
        return money_text(value)
    return value


def _spreadsheet_safe(value: Any) -> Any:
    """A cell for a file: text that a spreadsheet would run as a formula as text, numbers as numbers."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@"):
        return "'" + value
    return _cell(value)
