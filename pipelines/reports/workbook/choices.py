"""What a spreadsheet offers, and refuses, in the columns that analysts fill in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from pipelines.annotation_files import NOTES, STATUSES
from pipelines.reports.workbook.table import FIRST_ROW, Part

# A drop-down takes a list of so many characters, and a sheet not so many lists of their own.
_LONGEST_LIST, _MOST_LISTS = 255, 2_000


def may_be_listed(orders: str, lists: int) -> bool:
    """Whether one more list of orders, with commas between them, fits a sheet that has so many."""
    return len(orders) <= _LONGEST_LIST and lists < _MOST_LISTS


def offer_choices(part: Part, notes_at: int, orders: Mapping[int, str]) -> None:
    """Drop-downs for the notes of a sheet, which begin in the column `notes_at`.

    Shape:   `orders` are those that a row may accept, by its number among the rows.
    """
    if part.end == FIRST_ROW:
        return
    status, expected, accepted = (
        notes_at + NOTES.index(name) for name in ("status", "expected_at", "accept_order_id")
    )
    statuses = {
        "validate": "list",
        "source": list(STATUSES),
        "error_title": "Status",
        "error_message": f"One of {', '.join(STATUSES)}; accepting a high or critical break needs a comment.",
    }
    part.sheet.data_validation(FIRST_ROW, status, part.end - 1, status, statuses)
    days = {
        "validate": "date",
        "criteria": ">",
        "value": date(2000, 1, 1),
        "error_title": "Expected at",
        "error_message": "A date, like 2026-11-30.",
    }
    part.sheet.data_validation(FIRST_ROW, expected, part.end - 1, expected, days)
    for number, ids in orders.items():
        row = FIRST_ROW + number
        if row >= part.end:
            return
        listed = {"validate": "list", "source": ids.split(", "), "error_type": "warning"}
        part.sheet.data_validation(row, accepted, row, accepted, listed)
