"""JSON read without losing or guessing anything, and written back with its numbers as sent."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import Any

import simplejson

from pipelines.errors import PageContractBroken


def parse_strictly(body: bytes) -> Any:
    """A JSON document; fractions and exponents are Decimals.

    Errors:  ValueError for bytes that are not UTF-8 or not JSON, which may be damage on the way;
             PageContractBroken for NaN, Infinity, a key that occurs twice (also in another case), an exponent
             beyond all numbers, and nesting without end.
    """
    text = body.decode("utf-8-sig")  # UnicodeDecodeError is a ValueError
    try:
        return json.loads(
            text, parse_float=_exact, parse_constant=_refuse_constant, object_pairs_hook=_object_without_collisions
        )
    except RecursionError:
        pass
    raise PageContractBroken("the page is nested too deeply to be read")


def compact_json(value: Any) -> str:
    """JSON text without blanks, its decimals digit by digit as they were."""
    dumped: str = simplejson.dumps(value, use_decimal=True, ensure_ascii=False, separators=(",", ":"))
    return dumped


def storable(text: str) -> str:
    """Text that every later hop keeps: NUL and lone surrogates, which databases drop or refuse, made visible."""
    if "\x00" in text:
        text = text.replace("\x00", "␀")
    return text.encode("utf-8", errors="replace").decode("utf-8") if not text.isascii() else text


def _exact(literal: str) -> Decimal:
    try:
        return Decimal(literal)
    except InvalidOperation:
        raise PageContractBroken(f"the page holds {literal[:60]}, which is beyond all numbers") from None


def _refuse_constant(name: str) -> Any:
    raise PageContractBroken(f"the page holds {name}, which is not a number")


def _object_without_collisions(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise PageContractBroken(f"the key `{twice}` occurs twice in one object")
    if len({name.casefold() for name in found}) != len(found):
        folded = [name.casefold() for name in found]
        twice = next(name for name in found if folded.count(name.casefold()) > 1)
        raise PageContractBroken(f"the key `{twice}` occurs twice in one object, in another case")
    return found
