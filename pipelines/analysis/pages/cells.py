"""What stands in the cells of a table: a name or two of columns in, HTML with the row's own digits out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from pipelines.analysis.amounts import amount_text
from pipelines.analysis.pages.style import MOODS

Row = Mapping[str, Any]
Digits = Mapping[str, int]
# Digits of a currency that nobody listed.
_MOST_CURRENCIES = 2
_PRICE_DIGITS = 6


@dataclass(frozen=True)
class Cell:
    """One column of a table: the HTML of a row, and whether it stands on the right."""

    html: Callable[[Row, Digits], str]
    right: bool = False
    width: str = ""


def escaped(value: object) -> str:
    """Text from the records, safe inside HTML."""
    text = "" if value is None else str(value)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def in_words(value: object) -> str:
    """A value of the marts for reading: `not_reconciled` is `not reconciled`."""
    return escaped(value).replace("_", " ")


def money_text(amount: Decimal | None, currency: str | None, digits: Digits) -> str:
    """An amount with the digits of its currency, without its name."""
    return amount_text(amount, digits.get(currency or "", _MOST_CURRENCIES))


def text(name: str, *small: str, said: str = "", otherwise: str = "", width: str = "") -> Cell:
    """Text, and below it other columns in small.

    Shape:   `said` is a column below the text, which is bold then; `otherwise` is the column to show where there is
             no text.
    """

    def html(row: Row, _: Digits) -> str:
        first = escaped(row[otherwise] if otherwise and row[name] is None else row[name])
        lines = [f"<b>{first}</b>", escaped(row[said])] if said else [first]
        lines += [f"<small>{escaped(row[one])}</small>" for one in small if row[one] is not None]
        return "<br>".join(line for line in lines if line)

    return Cell(html, width=width)


def words(name: str) -> Cell:
    """A code in words."""
    return Cell(lambda row, _: in_words(row[name]))


def chip(name: str) -> Cell:
    """A code in words on its colour."""
    return Cell(lambda row, _: chip_html(row[name]))


def chip_html(value: object) -> str:
    """A code in words on its colour, outside a table."""
    return f'<span class="recon-chip {MOODS.get(str(value), "calm")}">{in_words(value)}</span>' if value else ""


def money(name: str, currency: str = "currency", *, named: bool = False, unknown: str = "unknown") -> Cell:
    """An amount in the digits of the row's currency; with its name where a row has several."""

    def html(row: Row, digits: Digits) -> str:
        if row[name] is None:
            return unknown
        shown = money_text(row[name], row[currency], digits)
        if row[name] == 0:
            # Nothing has no currency; it stands back, so that the eye finds the rest.
            return f'<span class="nothing">{shown}</span>'
        return f"{shown} {escaped(row[currency])}" if named and row[currency] else shown

    return Cell(html, right=True)


def price(name: str, currency: str, *, named: bool = False) -> Cell:
    """A unit price, to six digits behind the point: the API sends up to twenty of them."""

    def html(row: Row, digits: Digits) -> str:
        if row[name] is None:
            return ""
        shown = money_text(round(row[name], _PRICE_DIGITS), row[currency], digits)
        return f"{shown} {escaped(row[currency])}" if named and row[currency] else shown

    return Cell(html, right=True)


def number(name: str) -> Cell:
    """A quantity, a rate or a count, with no more digits than it has."""

    def html(row: Row, _: Digits) -> str:
        if row[name] is None:
            return ""
        shown = amount_text(Decimal(row[name]), 0)
        return f'<span class="nothing">{shown}</span>' if row[name] == 0 else shown

    return Cell(html, right=True)


def day(name: str, otherwise: str = "") -> Cell:
    """The day of a time in UTC, never broken into two lines."""

    def html(row: Row, _: Digits) -> str:
        moment = row[name]
        return f'<span class="whole">{moment:%Y-%m-%d}</span>' if isinstance(moment, datetime) else otherwise

    return Cell(html)
