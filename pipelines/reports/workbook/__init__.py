"""The workbook: what the marts say, for people who work in a spreadsheet, with columns to note what they decide.

Shape:    one file; the sheets in the order of `SHEETS`. The same data gives the same bytes.
Units:    amounts in the currency that stands with them, shown in its digits; times in UTC.
Source:   the marts of the published database (or an enquiry), and the newest notes about breaks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import duckdb

from pipelines.reports.periods import require_period
from pipelines.reports.rows import first_row
from pipelines.reports.workbook.about import write_about
from pipelines.reports.workbook.accrual import write_accrual
from pipelines.reports.workbook.ageing import write_ageing
from pipelines.reports.workbook.breaks import write_breaks
from pipelines.reports.workbook.coverage import write_coverage
from pipelines.reports.workbook.lines import write_lines
from pipelines.reports.workbook.refunds import write_refunds
from pipelines.reports.workbook.source import Source
from pipelines.reports.workbook.summary import write_summary
from pipelines.reports.workbook.table import new_book
from pipelines.reports.workbook.tie_out import write_tie_out
from pipelines.reports.workbook.timing import write_timing
from pipelines.spreadsheet import Spreadsheet

LONGEST_NUMBER = 22
# A new sheet is its file and a line here.
SHEETS: tuple[Callable[[Spreadsheet, Source], None], ...] = (
    write_summary,
    write_tie_out,
    write_breaks,
    write_timing,
    write_refunds,
    write_accrual,
    write_ageing,
    write_coverage,
    write_lines,
    write_about,
)


def write_workbook(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    *,
    period: str | None = None,
    notes: Mapping[str, Mapping[str, Any]] | None = None,
    is_enquiry: bool = False,
) -> None:
    """Writes the workbook of a published database (or an enquiry) to a file; its folder must exist.

    Shape:   `period` (YYYY-MM) leaves only what is of that month; `notes` are the newest notes by break.
    Errors:  UsageError when there is nothing of that month.
    """
    source = _source(connection, period, notes or {}, is_enquiry)
    book = new_book(path, source.digits, created=source.as_of, title="Reconciliation")
    # More than a cell holds is text, and may be cut on the screen.
    book.money_width = min(source.money_width(), LONGEST_NUMBER)
    for write_sheet in SHEETS:
        write_sheet(book, source)
    book.close()


def _source(
    connection: duckdb.DuckDBPyConnection,
    period: str | None,
    notes: Mapping[str, Mapping[str, Any]],
    is_enquiry: bool,
) -> Source:
    if period is not None:
        require_period(connection, period)
    about = first_row(connection, "select * from recon_meta.build_info") or {}
    return Source(
        connection,
        about["as_of"],
        about["generation"],
        str(about.get("input_digest") or ""),
        str(about.get("versions") or ""),
        dict(connection.execute("select currency, minor_digits from seeds.currencies").fetchall()),
        period,
        is_enquiry,
        notes,
    )
