"""The files that analysts fill in: CSV with commas, semicolons or tabs, or a workbook with any number of sheets."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from pipelines.errors import UsageError

KEY = "break_id"
STATUSES = ("open", "acknowledged", "disputed", "accepted")
# What is noted about a break, and the column by which a row that nobody touched is known.
NOTES = ("status", "owner", "comment", "ticket", "expected_at", "accept_order_id")
MARK = "note_mark"

Lines = list[tuple[int, list[str]]]


def read_rows(file: Path) -> list[tuple[str, dict[str, str]]]:
    """The rows of a file, each with where it stands (`row 7`, as a spreadsheet counts); names in lower case.

    Shape:   of a workbook every sheet with a column `break_id` counts, under the first row that has it.
    Errors:  UsageError when there is no such column, or a break is named twice.
    """
    if file.suffix.lower() == ".xlsx":
        # One sheet at a time: most of a large workbook names no break.
        read = _workbook(file)
        sheets = [(f"sheet {name}, row", lines[at:]) for name, lines in read if (at := _head(lines)) is not None]
    else:
        sheets = [("row", _text(file))]
    if not sheets:
        raise UsageError(f"{file} has no sheet with a column `{KEY}`")
    rows: list[tuple[str, dict[str, str]]] = []
    seen: dict[str, str] = {}
    for label, lines in sheets:
        names = _names(file, lines)
        for number, line in lines[1:]:
            place = f"{label} {number}"
            if any(cell for cell in line[len(names) :]):
                raise UsageError(f"{file}, {place}: {len(line)} cells under {len(names)} names")
            row = {name: _plain(cell) for name, cell in zip(names, line, strict=False) if name}
            break_id = row.get(KEY, "")
            if break_id in seen:
                raise UsageError(f"{file}, {place}: break {break_id} stands in {seen[break_id]} already")
            if break_id:
                seen[break_id] = place
            rows.append((place, row))
    return rows


def note_mark(note: Mapping[str, object]) -> str:
    """A mark of the notes of one row: a row that still has the mark that it was written with says nothing new."""
    cells = _cells([note.get(name) for name in NOTES])
    return hashlib.sha256("\n".join(" ".join(_plain(cell).split()) for cell in cells).encode()).hexdigest()[:12]


def _names(file: Path, lines: Lines) -> list[str]:
    names = [name.strip().lower().replace(" ", "_") for name in lines[0][1]] if lines else []
    named = [name for name in names if name]
    if KEY not in names or len(set(named)) < len(named):
        raise UsageError(
            f"{file} needs one column `{KEY}`, and no column twice; it has: {', '.join(named) or 'none'}"
        )
    return names


def _head(lines: Lines) -> int | None:
    """Where the row of names is: a sheet may have a title above it."""
    for index, (_, line) in enumerate(lines):
        if KEY in (cell.strip().lower().replace(" ", "_") for cell in line):
            return index
    return None


def _plain(cell: str) -> str:
    # An apostrophe keeps a spreadsheet from calculating with a cell; it is not part of the text.
    cell = cell.strip()
    return cell[1:] if cell[:2] in ("'=", "'+", "'-", "'@") else cell


def _not_readable(file: Path, error: Exception, save: str) -> UsageError:
    if not file.exists():
        return UsageError(f"there is no file {file}; name the CSV or the workbook that has the notes")
    return UsageError(f"{file} cannot be read ({error}); save it {save}")


def _text(file: Path) -> Lines:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise _not_readable(file, error, "as CSV in UTF-8, or as xlsx") from None
    first = text.split("\n", 1)[0]
    # Spreadsheets of half the world write semicolons.
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return [(reader.line_num, line) for line in reader if any(cell.strip() for cell in line)]
    except csv.Error as error:
        raise UsageError(f"{file}, line {reader.line_num}: {error}") from None


def _workbook(file: Path) -> Iterator[tuple[str, Lines]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        workbook = CalamineWorkbook.from_path(file)
        for name in workbook.sheet_names:
            rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            lines = [(number, _cells(row)) for number, row in enumerate(rows, start=1)]
            yield name, [(number, line) for number, line in lines if any(line)]
    except (OSError, CalamineError) as error:
        raise _not_readable(file, error, "as xlsx or as CSV") from None


def _cells(row: Sequence[object]) -> list[str]:
    """Text of each cell; a day as a day, a whole number without a point."""
    found = []
    for cell in row:
        if isinstance(cell, datetime):
            at_midnight = (cell.hour, cell.minute, cell.second) == (0, 0, 0)
            found.append(cell.date().isoformat() if at_midnight else cell.isoformat())
        elif isinstance(cell, date):
            found.append(cell.isoformat())
        elif isinstance(cell, float) and cell.is_integer():
            found.append(str(int(cell)))
        else:
            found.append("" if cell is None else str(cell).strip())
    return found
