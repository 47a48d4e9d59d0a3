"""Reading a workbook back: values with calamine, as any program does, and formats from the file itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

from python_calamine import CalamineWorkbook

HEAD_ROW = 2
_NAMES = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


@dataclass(frozen=True)
class Sheet:
    """One sheet: its heads, its rows by head, and everything that stands below the table."""

    heads: list[str]
    rows: list[dict[str, Any]]
    below: list[list[Any]]


def sheet(file: Path, name: str) -> Sheet:
    """A sheet that is one table; the rows end with the first empty one."""
    lines = CalamineWorkbook.from_path(file).get_sheet_by_name(name).to_python(skip_empty_area=False)
    heads = [str(head) for head in lines[HEAD_ROW]]
    body = lines[HEAD_ROW + 1 :]
    end = next((number for number, line in enumerate(body) if not any(cell != "" for cell in line)), len(body))
    return Sheet(heads, [dict(zip(heads, line, strict=True)) for line in body[:end]], body[end:])


def text_of(file: Path, name: str) -> str:
    """All cells of a sheet as one text."""
    lines = CalamineWorkbook.from_path(file).get_sheet_by_name(name).to_python(skip_empty_area=False)
    return "\n".join(" ".join(str(cell) for cell in line if cell != "") for line in lines)


def names(file: Path) -> list[str]:
    """The sheets in their order."""
    return list(CalamineWorkbook.from_path(file).sheet_names)


def xml_of(file: Path, name: str) -> str:
    """The sheet as it stands in the file."""
    with ZipFile(file) as book:
        return book.read(f"xl/worksheets/sheet{names(file).index(name) + 1}.xml").decode()


def formats(file: Path, name: str, head: str) -> list[str]:
    """The number formats of a column, row by row."""
    with ZipFile(file) as book:
        styles = ElementTree.fromstring(book.read("xl/styles.xml"))
    shown = {one.get("numFmtId"): one.get("formatCode") or "" for one in styles.iterfind(".//x:numFmt", _NAMES)}
    ids = [one.get("numFmtId") for one in styles.iterfind(".//x:cellXfs/x:xf", _NAMES)]
    column = chr(ord("A") + sheet(file, name).heads.index(head))
    cells = ElementTree.fromstring(xml_of(file, name)).iterfind(".//x:c", _NAMES)
    places = {str(one.get("r")): shown.get(ids[int(one.get("s", "0"))], "") for one in cells}
    count = len(sheet(file, name).rows)
    return [places[f"{column}{HEAD_ROW + 2 + number}"] for number in range(count)]
