"""Amounts as people print them: separators of several countries, signs, brackets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

# A run of digits with separators inside. A blank separates only groups of three, as in 1 234 567,89.
_DIGITS = r"[0-9]+(?:[.,'\u2019][0-9]+| [0-9]{3}(?![0-9]))*"
AMOUNT = re.compile(rf"(?<![0-9A-Za-z.,]){_DIGITS}(?![0-9A-Za-z])")
_GROUPS_OF_THREE = re.compile(r"[0-9]{1,3}(?:[.,' \u2019][0-9]{3})+")
_GROUPS_OF_INDIA = re.compile(r"[0-9]{1,2}(?:,[0-9]{2})*,[0-9]{3}")


@dataclass(frozen=True)
class Unreadable:
    """Why a printed number has no single meaning."""

    reason: str


def read_number(printed: str, minor_digits: int) -> Decimal | Unreadable:
    """The number that stands there, exact; Unreadable where it could be two.

    A single comma or point before three digits separates thousands, since a total has no three decimals,
    except in currencies that have them: there it stays unread.

    Units:   `minor_digits` of the currency that is printed beside it.
    """
    signs = {sign for sign in printed if not sign.isdigit()}
    last = max((printed.rfind(sign) for sign in signs), default=-1)
    if last < 0:
        return Decimal(printed)
    whole, sign, after = printed[:last], printed[last], printed[last + 1 :]
    is_only_kind = len(signs) == 1
    if is_only_kind and (printed.count(sign) > 1 or sign not in ".,"):
        return _grouped(printed)
    if is_only_kind and len(after) == 3 and _is_group(whole):
        if minor_digits == 3:
            return Unreadable(f"`{printed}` may be a thousand or have three decimals")
        return _grouped(printed)
    if sign not in ".," or printed.count(sign) > 1:
        return Unreadable(f"`{printed}` mixes separators")
    plain = _grouped(whole) if not is_only_kind else Decimal(whole)
    return plain if isinstance(plain, Unreadable) else Decimal(f"{plain}.{after}")


def _is_group(text: str) -> bool:
    return len(text) <= 3 and not text.startswith("0")


def _grouped(text: str) -> Decimal | Unreadable:
    """Thousands, separated by one kind of sign."""
    kinds = {sign for sign in text if not sign.isdigit()}
    is_grouped = _GROUPS_OF_THREE.fullmatch(text) or _GROUPS_OF_INDIA.fullmatch(text) or not kinds
    if len(kinds) > 1 or not is_grouped or (kinds and text.startswith("0")):
        return Unreadable(f"`{text}` is no number with separated thousands")
    return Decimal(re.sub(r"[^0-9]", "", text))
