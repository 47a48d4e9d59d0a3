"""Accruals as text: per currency what is set aside and why, the control totals, and what could not be priced."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from pipelines.money import add_exactly
from pipelines.reports.accrual_journal import ControlTotal, text_of
from pipelines.reports.accruals import REASONS, Accrual, Accruals
from pipelines.reports.statement import amount_text

_SHOWN = 20


def told(found: Accruals, totals: Sequence[ControlTotal]) -> Iterator[str]:
    """The accruals as lines of text, one part per currency; currencies are never added together."""
    yield f"accruals of {found.period}, as of {found.as_of:%Y-%m-%d %H:%M} UTC (generation {found.generation})"
    for total in totals:
        yield total.currency
        for reason in REASONS:
            mine = [one for one in found.accrued if (one.currency, one.reason) == (total.currency, reason)]
            if mine:
                yield _line(f"  {REASONS[reason]}", len(mine), _sum(mine), total.minor_digits)
        yield _line("set aside", total.count, total.booked, total.minor_digits)
        if total.rounding:
            yield _line("  of that, by rounding to minor units", None, total.rounding, total.minor_digits)
        yield _line("journal with reversal: debits", None, total.debits, total.minor_digits)
        yield _line("journal with reversal: credits", None, total.credits, total.minor_digits)
    if not totals:
        yield "nothing is to be set aside"
    yield from _listed("no amount known, to be priced by hand", [(one, "") for one in found.unknown])
    yield from _listed("left out", list(found.left_out))
    if found.later:
        yield f"of later months, and not set aside: {len(found.later):,}"


def _listed(title: str, found: list[tuple[Accrual, str]]) -> Iterator[str]:
    if not found:
        return
    yield f"{title}: {len(found):,}"
    for one, why in found[:_SHOWN]:
        amount = "" if one.amount is None else f", {amount_text(one.amount, one.minor_digits)} {one.currency}"
        yield f"  {text_of(one)}{amount}" + (f": {why}" if why else "")
    if len(found) > _SHOWN:
        yield f"  and {len(found) - _SHOWN:,} more"


def _sum(found: list[Accrual]) -> Decimal:
    total = Decimal(0)
    for one in found:
        total = add_exactly(total, one.booked)
    return total


def _line(name: str, count: int | None, amount: Decimal, digits: int) -> str:
    return f"  {name:<48}{'' if count is None else f'{count:,}':>9}{amount_text(amount, digits):>22}"
