"""Workbooks that keep what they are given: ids as text, amounts to the last digit, nothing that runs.

Source:  a cell holds a number of 15 digits and a text of 32,767 characters; a sheet ends with row 1,048,576.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import xlsxwriter

from pipelines.money import money_text

DIGITS_IN_A_CELL = 15
LONGEST_TEXT = 32_767
ROWS_IN_A_SHEET = 1_048_576
ROWS_AT_ONCE = 10_000
# A spreadsheet counts its days from here on; what is earlier is no date to it.
_FIRST_DAY = datetime(1900, 3, 1)  # noqa: DTZ001 - times without a zone are UTC everywhere
Kind = Literal["text", "money", "number", "count", "share", "day", "moment", "second"]
_NUMBER_FORMATS: Mapping[str, str] = {
    "text": "@",
    # The last sign keeps a number away from the text on its right.
    "number": "General_)",
    "count": '#,##0_);-#,##0_);"-"_)',
    "share": "0.00%_)",
    "day": "yyyy-mm-dd",
    "moment": "yyyy-mm-dd hh:mm",
    "second": "yyyy-mm-dd hh:mm:ss",
}


class Spreadsheet:
    """A workbook that is written row by row, downwards on each sheet: no row is kept in memory.

    Shape:   `digits` are the decimals of a currency, by its code (2 where it is not known); `looks` are named
             properties of cells, as xlsxwriter calls them. The same calls make the same bytes, if `created` is given.
    """

    def __init__(
        self,
        file: Path,
        digits: Mapping[str, int],
        looks: Mapping[str, Mapping[str, object]] | None = None,
        *,
        created: datetime | None = None,
        title: str = "",
    ) -> None:
        # Text that looks like a formula or an address stays text, and rows wait for the end beside the file.
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "tmpdir": str(file.parent),
        }
        self.book: Any = xlsxwriter.Workbook(str(file), options)
        if created is not None:
            self.book.set_properties({"title": title, "created": created})
        # What the columns of amounts are to be, at least, so that the largest one fits.
        self.money_width = 0
        self._digits = digits
        self._looks = looks or {}
        self._formats: dict[tuple[str, int, str], Any] = {}

    def look(self, kind: Kind, currency: str | None = None, look: str = "") -> Any:
        """The format of a cell: an amount in the digits of its currency."""
        places = self._digits.get(currency or "", 2) if kind == "money" else 0
        key = (kind, places, look)
        found = self._formats.get(key)
        if found is None:
            shown = money_format(places) if kind == "money" else _NUMBER_FORMATS[kind]
            # Times read like text; a number on their left is far away then.
            side = {"align": "left"} if kind in ("day", "moment", "second") else {}
            found = self.book.add_format({"num_format": shown, **side, **self._looks.get(look, {})})
            self._formats[key] = found
        return found

    def overlay(self, look: str) -> Any:
        """A look for conditional formats: it leaves the numbers of the cells as they are."""
        return self.book.add_format(dict(self._looks[look]))

    def write(
        self,
        sheet: Any,
        row: int,
        column: int,
        value: Any,
        kind: Kind = "text",
        currency: str | None = None,
        look: str = "",
    ) -> None:
        """Writes one cell by what the value is; `kind` says how it is shown.

        Units:   an amount that a cell would round is written as text, to its last digit.
        """
        shown = self.look(kind, currency, look)
        if value is None:
            if look:
                sheet.write_blank(row, column, None, shown)
        elif isinstance(value, bool):
            sheet.write_boolean(row, column, value, shown)
        elif isinstance(value, int | Decimal) and _survives(value):
            sheet.write_number(row, column, value, shown)
        elif isinstance(value, datetime) and value >= _FIRST_DAY:
            # A cell rounds what it does not show: the last moment of October would read as the first of November.
            sheet.write_datetime(row, column, value.replace(microsecond=0), shown)
        else:
            sheet.write_string(row, column, cell_text(value), shown)

    def close(self) -> None:
        """Writes the file."""
        self.book.close()


def cell_text(value: object) -> str:
    """A value as the text of a cell; the end of what does not fit is left out."""
    text = money_text(value) if isinstance(value, Decimal) else str(value)
    text = text.replace("\r\n", "\n")
    if len(text) > LONGEST_TEXT:
        text = text[: LONGEST_TEXT - 1] + "…"
    # Between these tags xlsxwriter takes a text for markup and writes it as it is.
    return f"{text} " if text.startswith("<r>") and text.endswith("</r>") else text


def money_format(places: int) -> str:
    """How a spreadsheet shows an amount of a currency with so many decimals: nothing at all as a dash."""
    shown = f"#,##0.{'0' * places}_)" if places else "#,##0_)"
    return f'{shown};-{shown};"-"_)'


def _survives(number: int | Decimal) -> bool:
    digits = money_text(number) if isinstance(number, Decimal) else str(number)
    return len(digits.replace(".", "").strip("-0")) <= DIGITS_IN_A_CELL
