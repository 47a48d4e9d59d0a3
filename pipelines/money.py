"""The one door for decimals: exact or refused, never rounded on the way in."""

from __future__ import annotations

import functools
import re
from decimal import Context, Decimal, Inexact, Overflow
from typing import Any

_NUMBER = re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?")


def exact_decimal(value: Any, precision: int, scale: int) -> Decimal:
    """A wire number, or a number sent as text, as a Decimal with `scale` digits behind the point.

    Errors:  ValueError when it is not a number, or does not fit `DECIMAL(precision, scale)` exactly.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise ValueError(f"expected a number, got {type(value).__name__}")
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        raise ValueError(f"`{value[:60]}` is not a number")
    number = Decimal(value)
    unit, context = _unit_and_context(precision, scale)
    try:
        return number.quantize(unit, context=context)
    except ArithmeticError:
        raise ValueError(f"{str(value)[:80]} does not fit DECIMAL({precision}, {scale}) exactly") from None


@functools.cache
def _unit_and_context(precision: int, scale: int) -> tuple[Decimal, Context]:
    return Decimal(1).scaleb(-scale), Context(prec=precision, traps=[Inexact, Overflow])


def money_text(amount: Decimal) -> str:
    """An amount as plain digits without trailing zeros: the text that control totals are compared in."""
    return format(amount.normalize(Context(prec=60)), "f") if amount else "0"
