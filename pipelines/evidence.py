"""The rows that a closed month stands on: one Parquet file a mart, and all of them in one workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.reports.sign_off import BREAKS_OF_MONTH
from pipelines.spreadsheet import ROWS_AT_ONCE, ROWS_IN_A_SHEET, Kind, Spreadsheet

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
    "fct_breaks": BREAKS_OF_MONTH,
}


def evidence(connection: duckdb.DuckDBPyConnection, month: str, currencies: Sequence[str]) -> dict[str, pa.Table]:
    """The rows of every mart for a month and some currencies, in a fixed order."""
    found = {}
    for mart, belongs in MARTS.items():
        where = " or ".join(f"({belongs})" for _ in currencies)
        asked = [value for code in currencies for _ in range(belongs.count("?") // 2) for value in (month, code)]
        query = f"select b.* from marts.{mart} b where {where} order by all"
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
    book = Spreadsheet(file, digits, {"bold": {"bold": True}})
    sheet = book.book.add_worksheet("closing")
    sheet.set_column(0, 1, 40)
    for number, (name, text) in enumerate(first_sheet):
        book.write(sheet, number, 0, name, look="bold")
        book.write(sheet, number, 1, text)
    for mart, table in rows.items():
        sheet = book.book.add_worksheet(mart)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(table.schema) - 1, 18)
        for column, field in enumerate(table.schema):
            book.write(sheet, 0, column, field.name, look="bold")
        kinds = [_kind(field.type) for field in table.schema]
        line = 0
        for batch in table.slice(0, ROWS_IN_A_SHEET - 1).to_batches(max_chunksize=ROWS_AT_ONCE):
            for row in batch.to_pylist():
                line += 1
                code = row.get("currency") or row.get("charged_currency") or row.get("order_currency")
                for column, value in enumerate(row.values()):
                    book.write(sheet, line, column, value, kinds[column], code)
    book.close()


def _kind(arrow: pa.DataType) -> Kind:
    if pa.types.is_decimal(arrow):
        return "money" if arrow.scale == 12 else "number"
    if pa.types.is_timestamp(arrow):
        return "second"
    return "number" if pa.types.is_integer(arrow) or pa.types.is_boolean(arrow) else "text"
