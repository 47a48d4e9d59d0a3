"""The rows that a closed month stands on: one Parquet file a mart, and all of them in one workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

_DOCUMENTS = "select invoice_id from marts.fct_invoices where strftime(invoice_at, '%Y-%m') = ? and currency = ?"
# By mart: which of its rows belong to a month and a currency; each asks for both as often as it has marks.
MARTS: Mapping[str, str] = {
    "fct_reconciliation": "period = ? and currency = ?",
    "fct_invoices": f"invoice_id in ({_DOCUMENTS})",
    "fct_invoice_bridge": f"invoice_id in ({_DOCUMENTS})",
    "fct_invoice_lines": f"invoice_id in ({_DOCUMENTS})",
    # Those that the month bills, and those that it ought to have billed.
    "fct_order_items": (
        "(strftime(date_trunc('month', created_at) + interval 1 month, '%Y-%m') = ? "
        "and coalesce(charged_currency, order_currency) = ?) or order_id in "
        f"(select matched_order_id from marts.fct_invoice_lines where invoice_id in ({_DOCUMENTS}))"
    ),
    "fct_breaks": "period = ? and (currency = ? or currency is null)",
}
ROWS_IN_A_SHEET = 1_048_575
ROWS_AT_ONCE = 10_000
# A cell holds so many digits; what has more is written as text, to the last one.
DIGITS_IN_A_CELL = 15


def evidence(connection: duckdb.DuckDBPyConnection, month: str, currencies: Sequence[str]) -> dict[str, pa.Table]:
    """The rows of every mart for a month and some currencies, in a fixed order."""
    found = {}
    for mart, belongs in MARTS.items():
        where = " or ".join(f"({belongs})" for _ in currencies)
        asked = [value for code in currencies for _ in range(belongs.count("?") // 2) for value in (month, code)]
        query = f"select * from marts.{mart} where {where} order by all"
        found[mart] = connection.sql(query, params=asked).to_arrow_table()
    return found


def write_parquet(rows: Mapping[str, pa.Table], folder: Path) -> None:
    """One file a mart."""
    for mart, table in rows.items():
        pq.write_table(table, folder / f"{mart}.parquet")


def write_workbook(
    rows: Mapping[str, pa.Table], first_sheet: Sequence[tuple[str, str]], digits: Mapping[str, int], file: Path
) -> None:
    """All marts in one workbook, a sheet each.

    Shape:   `first_sheet` holds names and texts; ids are text, amounts carry the digits of their row's currency.
    """
    # Text that looks like a formula stays text.
    book = xlsxwriter.Workbook(
        str(file),
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    bold = book.add_format({"bold": True})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    money = {places: book.add_format({"num_format": _money_format(places)}) for places in {2, *digits.values()}}
    sheet = book.add_worksheet("closing")
    sheet.set_column(0, 1, 40)
    for number, (name, text) in enumerate(first_sheet):
        sheet.write_string(number, 0, name, bold)
        sheet.write_string(number, 1, text)
    for mart, table in rows.items():
        sheet = book.add_worksheet(mart)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(table.schema) - 1, 18)
        for column, field in enumerate(table.schema):
            sheet.write_string(0, column, field.name, bold)
        is_money = [pa.types.is_decimal(field.type) and field.type.scale == 12 for field in table.schema]
        line = 0
        for batch in table.slice(0, ROWS_IN_A_SHEET).to_batches(max_chunksize=ROWS_AT_ONCE):
            for row in batch.to_pylist():
                line += 1
                code = row.get("currency") or row.get("charged_currency") or row.get("order_currency")
                amounts = money[digits.get(code, 2)]
                for column, value in enumerate(row.values()):
                    _write(sheet, line, column, value, amounts if is_money[column] else None, moment)
    book.close()


def _write(sheet: Any, line: int, column: int, value: Any, amounts: Any, moment: Any) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(line, column, value)
    elif isinstance(value, int):
        sheet.write_number(line, column, value)
    elif isinstance(value, Decimal):
        shown = value.normalize()
        if len(shown.as_tuple().digits) > DIGITS_IN_A_CELL:
            sheet.write_string(line, column, f"{shown:f}")
        else:
            sheet.write_number(line, column, value, amounts)
    elif isinstance(value, datetime):
        sheet.write_datetime(line, column, value, moment)
    else:
        sheet.write_string(line, column, str(value))


def _money_format(places: int) -> str:
    return f"#,##0.{'0' * places}" if places else "#,##0"
