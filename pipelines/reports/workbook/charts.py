"""The pictures of the summary: native charts on cells of the same sheet.

Counts and shares may stand beside each other whatever their currency; amounts may not, so that none is drawn.
"""

from __future__ import annotations

from typing import Any

from pipelines.reports.workbook.blocks import Range
from pipelines.reports.workbook.style import GREY, NAVY, RULE, SEVERITY_COLOURS

# Rows that the charts cover.
ROWS = 17
_HEIGHT = 20 * ROWS - 20
_SHEET = "Summary"
_SHARE_AT_RISK = 9


def insert(book: Any, sheet: Any, row: int, verdicts: Range, themes: Range, ages: Range) -> None:
    """Three charts side by side: shares at risk, breaks by sheet, breaks by age."""
    sheet.insert_chart(row, 0, _at_risk(book, verdicts), _place(0))
    sheet.insert_chart(row, 5, _severities(book, themes, "bar", "Open breaks by sheet"), _place(1))
    sheet.insert_chart(row, 10, _severities(book, ages, "column", "Open breaks by age"), _place(2))


def _place(number: int) -> dict[str, object]:
    return {"object_position": 2, "x_offset": 4, "y_offset": 6, "description": _DESCRIPTIONS[number]}


_DESCRIPTIONS = (
    "Columns: what is at risk as a share of what was charged, by currency and month; the numbers stand above.",
    "Bars: open breaks by sheet and severity; the numbers stand below.",
    "Columns: open breaks by age and severity; the numbers stand below.",
)


def _at_risk(book: Any, verdicts: Range) -> Any:
    chart = book.add_chart({"type": "column"})
    if verdicts.last >= verdicts.first:
        chart.add_series(
            {
                "name": "Share at risk",
                "categories": [_SHEET, verdicts.first, 0, verdicts.last, 1],
                "values": [_SHEET, verdicts.first, _SHARE_AT_RISK, verdicts.last, _SHARE_AT_RISK],
                "fill": {"color": NAVY},
                "gap": 60,
            }
        )
    chart.set_legend({"none": True})
    return _styled(chart, "At risk, as a share of what was charged", 640, "0.00%")


def _severities(book: Any, block: Range, kind: str, title: str) -> Any:
    chart = book.add_chart({"type": kind, "subtype": "stacked"})
    for number, colour in enumerate(SEVERITY_COLOURS.values(), start=1):
        chart.add_series(
            {
                "name": [_SHEET, block.head, number],
                "categories": [_SHEET, block.first, 0, block.last, 0],
                "values": [_SHEET, block.first, number, block.last, number],
                "fill": {"color": colour},
                "gap": 50,
            }
        )
    chart.set_legend({"position": "bottom", "font": {"color": GREY}})
    return _styled(chart, title, 545 if kind == "bar" else 430, "0", is_bar=kind == "bar")


def _styled(chart: Any, title: str, width: int, numbers: str, *, is_bar: bool = False) -> Any:
    grid = {"major_gridlines": {"visible": True, "line": {"color": RULE}}, "num_format": numbers}
    plain = {"line": {"color": RULE}, "num_font": {"color": GREY}}
    chart.set_title({"name": title, "name_font": {"size": 12, "color": NAVY}, "overlay": False})
    chart.set_chartarea({"border": {"color": RULE}})
    # In a chart of bars the axes have changed places.
    chart.set_y_axis({**plain, **({"reverse": True, "crossing": "max"} if is_bar else grid)})
    chart.set_x_axis({**plain, **(grid if is_bar else {})})
    chart.set_size({"width": width, "height": _HEIGHT})
    return chart
