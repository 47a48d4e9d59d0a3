"""Tables below each other on one sheet: a title, a head, rows, and sometimes a last row of totals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Any

from pipelines.reports.workbook.table import Column, Values, draw_rules, write_row
from pipelines.spreadsheet import Spreadsheet

_SHARE = Decimal("0.0001")


@dataclass(frozen=True)
class Block:
    """One of several tables on a sheet.

    Shape:   with `links` the first column leads to the sheet of that name; `totals` has a value for every column.
    """

    title: str
    columns: Sequence[Column]
    rows: Sequence[Values]
    totals: Values = ()
    links: bool = False
    nothing: str = "nothing"


@dataclass(frozen=True)
class Range:
    """Where the rows of a block stand, for charts; `last` is before `first` when there is none."""

    head: int
    first: int
    last: int
    columns: int


def write_block(book: Spreadsheet, sheet: Any, row: int, block: Block) -> tuple[int, Range]:
    """Writes a block from a row on; the row where the next one may begin, and where the rows stand."""
    for number in range(len(block.columns)):
        book.write(sheet, row, number, None if number else block.title, look="section")
    head = row + 1
    sheet.set_row(head, 32)
    for number, column in enumerate(block.columns):
        book.write(sheet, head, number, column.head, look=column.head_look)
    end = head + 1
    for values in block.rows:
        if block.links:
            sheet.write_url(end, 0, f"internal:'{values[0]}'!A1", book.look("text", look="link"), values[0])
        write_row(book, sheet, end, block.columns, values, start=1 if block.links else 0)
        end += 1
    found = Range(head, head + 1, end - 1, len(block.columns))
    draw_rules(book, sheet, found.first, found.last, block.columns)
    if not block.rows:
        book.write(sheet, end, 0, block.nothing, look="caption")
        end += 1
    for number, (column, value) in enumerate(zip(block.columns, block.totals, strict=False)):
        code = block.totals[column.currency] if column.currency is not None else column.code
        book.write(sheet, end, number, value, column.kind, code, look="total")
    return end + (3 if block.totals else 2), found


def share(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    """A part of a whole, cut to hundredths of a percent; None where it would mean nothing."""
    if whole == 0 or not 0 <= part <= whole:
        return None
    return cut_share(part, whole)


def cut_share(part: Decimal | int, whole: Decimal | int) -> Decimal:
    """A ratio, cut to hundredths of a percent, also where it is more than all."""
    return (Decimal(part) / Decimal(whole)).quantize(_SHARE, rounding=ROUND_DOWN)
