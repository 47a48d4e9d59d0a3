"""What all reports do alike: rows by name, exact text for amounts, cells that no spreadsheet runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import duckdb

from pipelines.money import money_text

Row = dict[str, Any]

_RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r")


def rows(connection: duckdb.DuckDBPyConnection, query: str, values: Sequence[object] = ()) -> list[Row]:
    """The rows of a query, each by the names of its columns."""
    cursor = connection.execute(query, list(values))
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def first_row(connection: duckdb.DuckDBPyConnection, query: str, values: Sequence[object] = ()) -> Row | None:
    """The first row of a query, None without one."""
    found = rows(connection, query, values)
    return found[0] if found else None


def plain(value: Any) -> Any:
    """A value for JSON: amounts as exact text, times as ISO 8601 in UTC, the rest as it is."""
    if isinstance(value, Decimal):
        return money_text(value)
    if isinstance(value, datetime):
        return f"{value.isoformat()}Z"
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value


def safe_cell(text: str) -> str:
    """Text as a cell: what a spreadsheet would run as a formula begins with an apostrophe."""
    return f"'{text}" if text.startswith(_RUN_BY_SPREADSHEETS) else text
