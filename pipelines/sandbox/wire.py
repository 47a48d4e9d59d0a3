"""How values are spelt: numbers, moments, links, JSON text. With quirks the same value has many spellings."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any

NEVER = "0001-01-01T00:00:00"


def text(value: str) -> str:
    """A JSON string, without escaping letters beyond ASCII."""
    return encode_basestring(value)


def number(value: Decimal) -> str:
    """A number literal with every digit of `value`, no exponent."""
    literal = str(value)
    return format(value, "f") if "E" in literal else literal


def short_number(value: Decimal) -> str:
    """The same number without trailing zeros: whole amounts become integer literals."""
    literal = number(value)
    return literal.rstrip("0").rstrip(".") if "." in literal else literal


@lru_cache(maxsize=1 << 14)
def stamp(moment: datetime, variant: int, quirks: bool) -> str:
    """A moment as sent; always the same instant, to the microsecond.

    Shape:   plain: six digits and `Z`. Quirks: 0, 2, 3, 6 or 7 digits, and `Z`, `+00:00`, `-08:00` or no zone.
    """
    if not quirks:
        return f"{moment.isoformat()[:19]}.{moment.microsecond:06d}Z"
    zone = ("Z", "Z", "Z", "+00:00", "-08:00", "")[variant % 6]
    if zone == "-08:00":
        moment -= timedelta(hours=8)
    base = moment.isoformat()[:19]
    micros = moment.microsecond
    if micros == 0:
        return base + ("", "", ".00", ".000", ".0000000")[variant % 5] + zone
    digits = f"{micros:06d}"
    if micros % 10_000 == 0 and variant % 2:
        return f"{base}.{digits[:2]}{zone}"
    if micros % 1_000 == 0:
        return f"{base}.{digits[:3]}{zone}"
    # A seventh digit below five, so that cutting and rounding agree.
    return f"{base}.{digits}{('', '0', '4', '2')[variant % 4]}{zone}"


def dumps(value: Any) -> str:
    """JSON text of plain values; Decimals become number literals."""
    if isinstance(value, Raw):
        return value.body
    if isinstance(value, str):
        return encode_basestring(value)
    if isinstance(value, Decimal):
        return number(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{encode_basestring(k)}:{dumps(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(dumps, value)) + "]"
    return json.dumps(value)


class Raw:
    """JSON text that is ready already."""

    __slots__ = ("body",)

    def __init__(self, body: str) -> None:
        self.body = body


def link(uri: str, headers: list[dict[str, str]] | None = None) -> dict[str, Any]:
    """One link of an envelope."""
    return {"uri": uri, "method": "GET", "headers": headers or []}


def object_type(name: str) -> dict[str, str]:
    """The `attributes` of a record."""
    return {"objectType": name}
