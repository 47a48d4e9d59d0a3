"""A sheet that is one table: title, caption, frozen header with filters, rows, and how it goes on paper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, groupby, islice
from typing import Any

from pipelines.reports.workbook.style import LOOKS, TAB_OTHER
from pipelines.spreadsheet import ROWS_IN_A_SHEET, Kind, Spreadsheet

HEAD_ROW = 2
FIRST_ROW = HEAD_ROW + 1
LINE_HEIGHT, MOST_LINES = 15, 8
# Room for totals below the last row.
ROWS_IN_A_TABLE = ROWS_IN_A_SHEET - FIRST_ROW - 200
_ON_THE_RIGHT = ("money", "number", "count", "share")

Values = Sequence[Any]


@dataclass(frozen=True)
class Column:
    """One column: its head, its width, how it is shown.

    Shape:   `currency` is the place, among the values of a row, of the currency of an amount; `code` the currency of
             the whole column. `by_value` are looks for certain values. `is_note` marks what analysts fill in.
    """

    head: str
    width: int
    kind: Kind = "text"
    currency: int | None = None
    code: str | None = None
    is_wrapped: bool = False
    is_note: bool = False
    is_hidden: bool = False
    by_value: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def look(self) -> str:
        """The look of its cells."""
        return "wrapped" if self.is_wrapped else "data"

    @property
    def head_look(self) -> str:
        """The look of its head."""
        if self.is_note:
            return "head_note"
        return "head_right" if self.kind in _ON_THE_RIGHT else "head"


@dataclass(frozen=True)
class Table:
    """A sheet, or several when there are more rows than one can hold.

    Shape:   a row has a value for every column, in their order; more values are not shown. `frozen` columns stay in
             sight; the first `on_paper` columns are printed.
    """

    sheet: str
    title: str
    caption: str
    columns: Sequence[Column]
    rows: Iterable[Values]
    frozen: int = 1
    on_paper: int = 0
    tab: str = TAB_OTHER
    nothing: str = "nothing to show"


@dataclass(frozen=True)
class Part:
    """One sheet of a table, and the row after its last one."""

    sheet: Any
    name: str
    end: int


def write_table(book: Spreadsheet, table: Table, limit: int = ROWS_IN_A_TABLE) -> list[Part]:
    """Writes the sheets of a table; all but the first have a number in their name."""
    rows = iter(table.rows)
    parts: list[Part] = []
    while True:
        first = next(rows, None)
        if first is None and parts:
            return parts
        name = f"{table.sheet} {len(parts) + 1}" if parts else table.sheet
        mine = chain([first], islice(rows, limit - 1)) if first is not None else iter(())
        parts.append(_write_part(book, table, name, mine))


def _write_part(book: Spreadsheet, table: Table, name: str, rows: Iterator[Values]) -> Part:
    sheet = book.book.add_worksheet(name)
    sheet.set_tab_color(table.tab)
    for number, column in enumerate(table.columns):
        width = max(column.width, book.money_width) if column.kind == "money" else column.width
        # What somebody types into an empty cell takes the format of its column.
        typed = book.look(column.kind, look=column.look) if column.is_note else None
        sheet.set_column(number, number, width, typed, {"hidden": column.is_hidden})
    write_title(book, sheet, table.title, table.caption)
    sheet.set_row(HEAD_ROW, 32)
    for number, column in enumerate(table.columns):
        book.write(sheet, HEAD_ROW, number, column.head, look=column.head_look)
    end = FIRST_ROW
    for row in rows:
        write_row(book, sheet, end, table.columns, row)
        end += 1
    if end == FIRST_ROW:
        book.write(sheet, end, 0, table.nothing, look="caption")
    last = len(table.columns) - 1
    draw_rules(book, sheet, FIRST_ROW, end - 1, table.columns)
    sheet.autofilter(HEAD_ROW, 0, max(end - 1, HEAD_ROW), last)
    sheet.freeze_panes(FIRST_ROW, table.frozen)
    # Ids are text on purpose, and long amounts too.
    sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{ROWS_IN_A_SHEET}"})
    set_up_paper(sheet, (table.on_paper or len(table.columns)) - 1, end + 199, repeated=HEAD_ROW)
    return Part(sheet, name, end)


def write_row(
    book: Spreadsheet, sheet: Any, row: int, columns: Sequence[Column], values: Values, *, start: int = 0
) -> None:
    """One row of a table, as high as its longest text needs; the first `start` columns are left as they are."""
    wrapped = zip(columns, values, strict=False)
    lines = max((_lines(value, column.width) for column, value in wrapped if column.is_wrapped and value), default=1)
    if lines > 1:
        sheet.set_row(row, LINE_HEIGHT * lines)
    for number, (column, value) in enumerate(zip(columns, values, strict=False)):
        if number < start or value is None:
            continue
        code = values[column.currency] if column.currency is not None else column.code
        look = column.by_value.get(value, column.look) if column.by_value else column.look
        book.write(sheet, row, number, value, column.kind, code, look)


def draw_rules(book: Spreadsheet, sheet: Any, first: int, last: int, columns: Sequence[Column]) -> None:
    """Thin lines below the rows from `first` to `last`, and the colour of the columns to fill in."""
    if last < first:
        return
    for is_note, members in groupby(enumerate(columns), key=lambda one: one[1].is_note):
        places = [number for number, _ in members]
        rule = book.overlay("note_rule" if is_note else "rule")
        how = {"type": "formula", "criteria": "=TRUE", "format": rule}
        sheet.conditional_format(first, places[0], last, places[-1], how)


def _lines(text: str, width: int) -> int:
    """How many lines a text takes in a cell, at most `MOST_LINES`: words are not cut, so that lines are not full."""
    found = sum(1 if len(part) <= width else 1 + len(part) // (width - 4) for part in str(text).split("\n"))
    return min(found, MOST_LINES)


def write_title(book: Spreadsheet, sheet: Any, title: str, caption: str) -> None:
    """The two rows above everything else."""
    sheet.set_row(0, 24)
    book.write(sheet, 0, 0, title, look="title")
    book.write(sheet, 1, 0, caption, look="caption")


def set_up_paper(sheet: Any, last_column: int, last_row: int, *, repeated: int | None = None) -> None:
    """A4, landscape, as wide as the page, the header on each one."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.hide_gridlines(2)
    sheet.print_area(0, 0, last_row, last_column)
    sheet.set_footer("&L&8&F&C&8&A&R&8page &P of &N")
    if repeated is not None:
        sheet.repeat_rows(0, repeated)


def new_book(file: Any, digits: Mapping[str, int], **about: Any) -> Spreadsheet:
    """A workbook with the looks of this report."""
    return Spreadsheet(file, digits, LOOKS, **about)
