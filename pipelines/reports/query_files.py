"""The result of one query as a file: for spreadsheets, for programs, for whoever asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.errors import UsageError
from pipelines.files import put_in_place
from pipelines.reports.query import cannot_run, one_query, run, show
from pipelines.spreadsheet import ROWS_AT_ONCE, ROWS_IN_A_SHEET, Kind, Spreadsheet

_MONEY_SCALE = 12
_CURRENCIES = ("currency", "BillingCurrency", "charged_currency", "order_currency", "list_currency")


def write_file(connection: duckdb.DuckDBPyConnection, query: str, shape: str, file: Path) -> int:
    """Runs one query into a file that is whole or not there, readable by its owner only; the number of rows.

    Units:   Parquet keeps every decimal; a workbook has real dates, ids as text, and amounts in the digits of the
             currency of their row (a number that a cell would round is text).
    Errors:  UsageError when the query cannot run, the folder does not exist, or a sheet cannot hold the rows.
    """
    if not file.parent.is_dir():
        raise UsageError(f"there is no folder {file.parent}; make it first, or name another file with --out")
    # What a writer leaves behind when it stops goes with the folder.
    with TemporaryDirectory(prefix=".recon-", dir=file.parent) as folder:
        aside = Path(folder) / file.name
        if shape == "parquet":
            count = _parquet(_reader(connection, query), aside)
        elif shape == "xlsx":
            digits = dict(run(connection, "select currency, minor_digits from seeds.currencies").fetchall())
            count = _xlsx(_reader(connection, query), digits, aside)
        else:
            with aside.open("w", encoding="utf-8") as out:
                count = show(connection, query, shape, out)
        put_in_place(aside, file)
    return count


def _reader(connection: duckdb.DuckDBPyConnection, query: str) -> Any:
    """The result of a query as batches of Arrow, fetched as they are asked for."""
    try:
        relation = connection.sql(one_query(connection, query))
        if relation is None:
            raise UsageError("the query has no result to write; ask with select")
        return relation.to_arrow_reader(ROWS_AT_ONCE)
    except duckdb.Error as error:
        raise cannot_run(error) from error


def _parquet(reader: Any, aside: Path) -> int:
    count = 0
    with pq.ParquetWriter(aside, reader.schema) as out:
        for batch in reader:
            out.write_batch(batch)
            count += batch.num_rows
    return count


def _xlsx(reader: Any, digits: Mapping[str, int], aside: Path) -> int:
    book = Spreadsheet(aside, digits, {"head": {"bold": True}})
    sheet = book.book.add_worksheet("result")
    sheet.freeze_panes(1, 0)
    count = 0
    names = reader.schema.names
    for column, name in enumerate(names):
        sheet.set_column(column, column, max(12, min(len(name) + 2, 30)))
        book.write(sheet, 0, column, name, look="head")
    currency = next((names.index(name) for name in _CURRENCIES if name in names), None)
    kinds = [_kind(field.type, has_currency=currency is not None) for field in reader.schema]
    for batch in reader:
        for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            count += 1
            if count >= ROWS_IN_A_SHEET:
                raise UsageError("a sheet ends after 1,048,575 rows; use --format parquet, or ask for less")
            for column, value in enumerate(row):
                code = None if currency is None else row[currency]
                book.write(sheet, count, column, _midnight(value), kinds[column], code)
    sheet.autofilter(0, 0, count, max(len(kinds) - 1, 0))
    book.close()
    return count


def _kind(arrow: pa.DataType, *, has_currency: bool) -> Kind:
    if pa.types.is_decimal(arrow) and arrow.scale == _MONEY_SCALE and has_currency:
        return "money"
    if pa.types.is_decimal(arrow) or pa.types.is_integer(arrow) or pa.types.is_boolean(arrow):
        return "number"
    if pa.types.is_date(arrow):
        return "day"
    return "second" if pa.types.is_timestamp(arrow) else "text"


def _midnight(value: Any) -> Any:
    """A day as the moment that a cell counts from."""
    return datetime.combine(value, time()) if type(value) is date else value
