"""Where things stand in a picture: shares of a width in percent, as exact decimals, for SVG attributes.

A part that is not nothing is drawn wide enough to be seen; then it is wider than its share, and the page says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from pipelines.money import add_exactly

_PLACES = Decimal("0.001")
_VISIBLE = Decimal("0.5")
_WHOLE = Decimal(100)
# How much of its place a column fills, and how wide it is at most, when there are few.
_FILLED, _WIDEST = Decimal("0.7"), Decimal(9)
# Columns stand on a line at this height; below it is room for the months.
BASELINE = Decimal(72)


@dataclass(frozen=True)
class Part:
    """One part of a bar.

    Shape:   `letter` names it in the picture and in the table beside it; `start` and `width` are percent of the bar.
    """

    code: str
    letter: str
    name: str
    meaning: str
    amount: Decimal
    share: str
    start: Decimal
    width: Decimal
    is_widened: bool

    @property
    def middle(self) -> Decimal:
        """Where its letter stands."""
        return self.start + self.width / 2


def parts_of(named: Iterable[tuple[str, str, str, str, Decimal]]) -> list[Part]:
    """The parts of a bar, as wide as their size: code, letter, name, meaning, amount of each.

    Shape:   parts of nothing are left out; a negative part is as wide as a positive one of its size.
    """
    there = [one for one in named if one[4]]
    whole = total(abs(one[4]) for one in there)
    true_widths = [_percent(abs(one[4]), whole) for one in there]
    drawn = [max(width, _VISIBLE) for width in true_widths]
    scale = sum(drawn, Decimal(0))
    parts, start = [], Decimal(0)
    for (code, letter, name, meaning, amount), true_width, width in zip(there, true_widths, drawn, strict=True):
        fitted = (width * _WHOLE / scale).quantize(_PLACES)
        share = share_text(abs(amount), whole)
        parts.append(Part(code, letter, name, meaning, amount, share, start, fitted, true_width < _VISIBLE))
        start += fitted
    return parts


@dataclass(frozen=True)
class Column:
    """One month of a column chart.

    Shape:   `start`, `width`, `top`, `height` and `middle` are percent of the picture; `year` stands under the first
             month of each year only.
    """

    month: str
    year: str
    start: Decimal
    width: Decimal
    top: Decimal
    height: Decimal
    middle: Decimal


def columns_of(months: Sequence[str], amounts: Sequence[Decimal]) -> list[Column]:
    """The columns of a chart, one a month (YYYY-MM), as high as their amount."""
    if not months:
        return []
    place = (_WHOLE / len(months)).quantize(_PLACES, rounding=ROUND_DOWN)
    width = min(place * _FILLED, _WIDEST)
    columns, year_before = [], ""
    for number, (month, length) in enumerate(zip(months, lengths(amounts), strict=True)):
        year, _, name = month.partition("-")
        middle = place * number + place / 2
        height = (length * BASELINE / _WHOLE).quantize(_PLACES)
        columns.append(
            Column(
                month=name,
                year=year if year != year_before else "",
                start=middle - width / 2,
                width=width,
                top=BASELINE - height,
                height=height,
                middle=middle,
            )
        )
        year_before = year
    return columns


def lengths(amounts: Sequence[Decimal]) -> list[Decimal]:
    """How long the bars of amounts are, in percent of the longest; what is not nothing is seen."""
    longest = max((abs(amount) for amount in amounts), default=Decimal(0))
    return [max(_percent(abs(amount), longest), _VISIBLE) if amount else Decimal(0) for amount in amounts]


def share_text(part: Decimal, whole: Decimal) -> str:
    """A share in percent, cut and never rounded up: what is not all never reads as 100 %."""
    if not whole:
        return "0.00 %"
    percent = _percent(part, whole).quantize(Decimal("0.01"), rounding=ROUND_DOWN)
    return "under 0.01 %" if part and not percent else f"{percent:.2f} %"


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The sum of amounts of one currency, to the last digit."""
    found = Decimal(0)
    for amount in amounts:
        found = add_exactly(found, amount)
    return found


def _percent(part: Decimal, whole: Decimal) -> Decimal:
    # Twenty-eight digits are enough to draw with; amounts themselves are never calculated this way.
    return (part * _WHOLE / whole).quantize(_PLACES, rounding=ROUND_DOWN) if whole else Decimal(0)
