"""The total that a statement prints, where it can be read without a guess.

Looked for are labels at the start of a line: those that say in full that they are the total, else a bare "Total",
else "Charges" where nothing is added to them. Every amount beside such a label counts: two that differ leave the
total unread.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pipelines.money import exact_decimal
from pipelines.statements.currencies import CODES, MARK, codes_in, currency_of, minor_digits
from pipelines.statements.numbers import AMOUNT, Unreadable, read_number

# What stands behind a label of the same line: an optional currency in brackets, an optional colon.
_TAIL = r"\s*(?:\(\s*[A-Z]{3}\s*\))?\s*:?(?=\s|$|[-(]|[0-9€£¥₹₩$])"
_FULL = re.compile(
    r"^(?:total\s*\(?\s*(?:including|incl\.?)\s+(?:all\s+)?(?:tax(?:es)?|vat|gst)\s*\)?"
    r"|(?:invoice|grand|statement)\s+total|total\s+(?:amount|charges))" + _TAIL,
    re.IGNORECASE,
)
_BARE = re.compile(r"^total" + _TAIL, re.IGNORECASE)
_CHARGES = re.compile(r"^charges" + _TAIL, re.IGNORECASE)
# With one of these on the page, charges are not all that is to be paid.
_MORE = re.compile(r"^(?:sub-?\s?total|total|tax|vat|gst|credits?|adjustments?)\b", re.IGNORECASE)
_BESIDE = re.compile(rf"(?P<before>{MARK})?\s*(?P<amount>{AMOUNT.pattern})\s*(?P<after>{MARK})?")
_MARKS = re.compile(MARK)
_MINUS = "-"
_CREDIT = re.compile(r"\bC(?:R|redit)\b")


@dataclass(frozen=True)
class PrintedTotal:
    """What could be read of a statement.

    Shape:   either `total`, `currency`, `printed` and `label`, or `reason` for having read nothing.
    """

    total: Decimal | None = None
    currency: str | None = None
    printed: str | None = None
    label: str | None = None
    reason: str | None = None


def find_printed_total(text: str) -> PrintedTotal:
    """The total in a statement's text.

    Units:   in the currency printed; negative with a minus on either side or in brackets.
    """
    lines = [" ".join(line.split()) for line in _plain(text).splitlines()]
    lines = [line for line in lines if line]
    if not lines:
        return PrintedTotal(reason="there is no text in the PDF")
    named = codes_in("\n".join(lines))
    labels = [_FULL, _BARE]
    if not any(_MORE.match(line) for line in lines):
        labels.append(_CHARGES)
    for label in labels:
        found = list(dict.fromkeys(_beside(lines, label, named)))
        if found:
            return _agreed(found)
    return PrintedTotal(reason="no line is labelled as the total")


def _plain(text: str) -> str:
    """One spelling for full-width digits, odd blanks and the several minus signs."""
    folded = re.sub("[\u2010-\u2014\u2212]", _MINUS, unicodedata.normalize("NFKC", text))
    # A code may stand against its amount without a blank.
    codes = "|".join(sorted(CODES))
    folded = re.sub(rf"(?<![A-Za-z])({codes})(?=[0-9(-])", r"\1 ", folded)
    return re.sub(rf"(?<=[0-9)-])({codes})(?![A-Za-z])", r" \1", folded)


def _agreed(found: Sequence[PrintedTotal]) -> PrintedTotal:
    unread = [one for one in found if one.reason]
    if unread:
        return unread[0]
    if len({(one.total, one.currency) for one in found}) > 1:
        both = " and ".join(f"{one.printed} ({one.label})" for one in found[:3])
        return PrintedTotal(reason=f"several totals are printed: {both}")
    return found[0]


def _beside(lines: Sequence[str], label: re.Pattern[str], named: frozenset[str]) -> Iterator[PrintedTotal]:
    for number, line in enumerate(lines):
        match = label.match(line)
        if match is None:
            continue
        rest = line[match.end() :].strip()
        in_label = frozenset(code for code in _MARKS.findall(match[0]) if code in CODES)
        if not AMOUNT.search(rest) and number + 1 < len(lines) and _is_amount_alone(lines[number + 1]):
            rest = f"{rest} {lines[number + 1]}".strip()
        # "Total tax" and the like are labels of something else.
        is_other = label is _BARE and re.match(r"[A-Za-z]", re.sub(MARK, "", rest).strip()) is not None
        if AMOUNT.search(rest) and not is_other:
            yield _read(rest, re.sub(r"\s*:$", "", match[0].strip()), in_label, named)


def _is_amount_alone(line: str) -> bool:
    left = _BESIDE.sub("", line, count=1)
    return AMOUNT.search(line) is not None and not re.search(r"[0-9A-Za-z]", left)


def _read(rest: str, label: str, in_label: frozenset[str], named: frozenset[str]) -> PrintedTotal:
    """One amount behind its label."""
    amounts = list(_BESIDE.finditer(rest))
    if len(amounts) > 1:
        return PrintedTotal(reason=f"several numbers stand beside `{label}`")
    one = amounts[0]
    if _CREDIT.search(rest[one.end() :]):
        return PrintedTotal(reason=f"`{one[0].strip()}` is marked as a credit, its sign is not clear")
    if re.search(r"[A-Za-z0-9]", re.sub(MARK, "", rest[: one.start()] + " " + rest[one.end() :])):
        return PrintedTotal(reason=f"more than an amount stands beside `{label}`")
    marks = in_label | {mark for mark in (one["before"], one["after"]) if mark} | frozenset(_MARKS.findall(rest))
    currency = currency_of(marks, named)
    if currency is None:
        signs = " ".join(sorted(marks)) or "nothing"
        return PrintedTotal(reason=f"the currency is not clear from {signs} beside `{label}`")
    number = read_number(one["amount"], minor_digits(currency))
    if isinstance(number, Unreadable):
        return PrintedTotal(reason=number.reason)
    try:
        number = exact_decimal(number, 38, 12)
    except ValueError:
        return PrintedTotal(reason=f"`{one[0].strip()[:60]}` is no amount")
    if re.match(r"-\s", rest):
        return PrintedTotal(reason=f"the dash between `{label}` and its amount may be a minus")
    return PrintedTotal(-number if _is_negative(rest, one) else number, currency, rest, label)


def _is_negative(rest: str, one: re.Match[str]) -> bool:
    """A minus directly before or behind the amount or its currency, or brackets around both."""
    before = re.sub(rf"(?:{MARK}|\s)", "", rest[: one.start("amount")])
    after = re.sub(rf"(?:{MARK}|\s)", "", rest[one.end("amount") :])
    is_in_brackets = before.endswith("(") and after.startswith(")")
    return is_in_brackets or before.endswith(_MINUS) or after == _MINUS
