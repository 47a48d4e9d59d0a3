"""The one door for decimals: exact or refused, never rounded on the way in, and rounded for books here alone."""

from __future__ import annotations

import functools
import re
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact, InvalidOperation, Overflow
from typing import Any

_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
# Sums of many amounts of 38 digits stay exact in it; the usual context would round at 28.
_WIDE = Context(prec=60, traps=[Inexact, InvalidOperation, Overflow])
# A product of two numbers of 38 digits has no more than 76.
_PRODUCTS = Context(prec=76, traps=[Inexact, InvalidOperation, Overflow])
_BOOKING = Context(prec=60, rounding=ROUND_HALF_UP, traps=[InvalidOperation, Overflow])


def exact_decimal(value: Any, precision: int, scale: int) -> Decimal:
    """A wire number, or a number sent as text, as a Decimal with `scale` digits behind the point.

    Errors:  ValueError when it is not a number, or does not fit `DECIMAL(precision, scale)` exactly.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise ValueError(f"expected a number, got {type(value).__name__}")
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        raise ValueError(f"`{value[:60]}` is not a number")
    unit, context = _unit_and_context(precision, scale)
    try:
        return Decimal(value).quantize(unit, context=context)
    except ArithmeticError:
        raise ValueError(f"{str(value)[:80]} does not fit DECIMAL({precision}, {scale}) exactly") from None


@functools.cache
def _unit_and_context(precision: int, scale: int) -> tuple[Decimal, Context]:
    # Without the trap for InvalidOperation a number that is too large would become NaN, silently.
    return Decimal(1).scaleb(-scale), Context(prec=precision, traps=[Inexact, InvalidOperation, Overflow])


def add_exactly(left: Decimal, right: Decimal) -> Decimal:
    """The sum, to the last digit.

    Errors:  decimal.Inexact beyond 60 digits.
    """
    return _WIDE.add(left, right)


def subtract_exactly(left: Decimal, right: Decimal) -> Decimal:
    """The difference, to the last digit.

    Errors:  decimal.Inexact beyond 60 digits.
    """
    return _WIDE.subtract(left, right)


def multiply_exactly(left: Decimal, right: Decimal) -> Decimal:
    """The product, to the last digit.

    Errors:  decimal.Inexact beyond 76 digits.
    """
    return _PRODUCTS.multiply(left, right)


def booked(amount: Decimal, minor_digits: int) -> Decimal:
    """An amount as books keep it: in minor units of its currency, halves away from zero."""
    return amount.quantize(Decimal(1).scaleb(-minor_digits), context=_BOOKING)


def money_text(amount: Decimal) -> str:
    """An amount as plain digits without trailing zeros: the text that control totals are compared in."""
    return format(amount.normalize(_WIDE), "f") if amount else "0"
