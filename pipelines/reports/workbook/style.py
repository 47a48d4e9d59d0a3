"""How the workbook looks: colours and weights by name, and how wide a column is for what it holds."""

from __future__ import annotations

from collections.abc import Mapping

NAVY, GREY, RULE = "#1F3A5F", "#595959", "#D5DCE6"
_DATA = {"valign": "top"}
_HEAD = {"bold": True, "text_wrap": True, "valign": "vcenter", "font_color": "#FFFFFF", "bg_color": NAVY}
LOOKS: Mapping[str, Mapping[str, object]] = {
    "title": {"bold": True, "font_size": 16, "font_color": NAVY},
    "caption": {"font_color": GREY},
    "answer": {"bold": True, "font_size": 12},
    "section": {"bold": True, "font_size": 12, "font_color": NAVY, "bottom": 2, "bottom_color": NAVY},
    "link": {"font_color": "#0B57A4", "underline": 1, **_DATA},
    "head": _HEAD,
    "head_right": {**_HEAD, "align": "right", "indent": 1},
    # What an analyst fills in, as opposed to what was found.
    "head_note": {**_HEAD, "font_color": "#5C4400", "bg_color": "#FFD766"},
    "data": _DATA,
    "wrapped": {**_DATA, "text_wrap": True},
    # Below every row, and behind what analysts fill in: for whole ranges, so that an empty cell need not be written.
    "rule": {"bottom": 1, "bottom_color": RULE},
    "note_rule": {"bottom": 1, "bottom_color": RULE, "bg_color": "#FFF8E1"},
    "total": {"bold": True, "top": 1, "top_color": NAVY, "bg_color": "#EEF2F7"},
    "critical": {**_DATA, "bold": True, "font_color": "#FFFFFF", "bg_color": "#9B1C1C"},
    "high": {**_DATA, "font_color": "#7A1F1F", "bg_color": "#F8D0CC"},
    "medium": {**_DATA, "font_color": "#6B4A00", "bg_color": "#FCE8B2"},
    "low": {**_DATA, "font_color": "#3C4652", "bg_color": "#E8ECF1"},
    "good": {**_DATA, "font_color": "#1B5E20", "bg_color": "#D5EDD8"},
}
# The same colours in the charts.
SEVERITY_COLOURS = {"critical": "#9B1C1C", "high": "#E07A6E", "medium": "#F2C14E", "low": "#A9B4C2"}
SEVERITY_LOOKS = {name: name for name in SEVERITY_COLOURS}
TAB_BREAKS, TAB_PROOF, TAB_OTHER = "#E07A6E", NAVY, "#A9B4C2"

# Widths, in characters.
ID, LONG_ID, CODE, NAME, AMOUNT, COUNT, DAY, MOMENT, SENTENCE = 15, 36, 11, 26, 15, 9, 12, 17, 58
