"""Accruals as a journal: two lines an accrual on the last day of the period, and their reversal the day after.

Shape:    debits and credits are equal per currency, in the accruals and in the reversal; no amount is negative, an
          expected credit turns the accounts around.
Units:    minor units of each currency; what rounding moved stands in the control totals.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from pipelines.errors import ControlTotalsDiffer
from pipelines.money import add_exactly, money_text, subtract_exactly
from pipelines.reports.accruals import REASONS, Accrual, Accruals
from pipelines.reports.rows import safe_cell

EXPENSE, LIABILITIES = "expense", "accrued_liabilities"
COLUMNS = (
    *(
        "date",
        "period",
        "kind",
        "entry",
        "account",
        "debit",
        "credit",
        "currency",
        "order_id",
        "product_id",
        "sku_id",
    ),
    *("customer_id", "reason", "basis", "text"),
)
UNKNOWN_COLUMNS = (
    *("period", "reason", "order_id", "product_id", "sku_id", "customer_id", "quantity", "month", "currency", "text"),
)


@dataclass(frozen=True)
class JournalLine:
    """One side of an entry."""

    day: date
    period: str
    kind: str
    entry: int
    account: str
    debit: Decimal
    credit: Decimal
    accrual: Accrual


@dataclass(frozen=True)
class ControlTotal:
    """One currency: what the marts say, what is booked, and both sides of the journal."""

    currency: str
    minor_digits: int
    count: int
    exact: Decimal
    booked: Decimal
    debits: Decimal
    credits: Decimal

    @property
    def rounding(self) -> Decimal:
        """What rounding to minor units moved."""
        return subtract_exactly(self.booked, self.exact)


def journal(found: Accruals) -> list[JournalLine]:
    """All entries of a period: the accruals, then their reversal."""
    year, month = (int(part) for part in found.period.split("-"))
    reversal_day = date(year + month // 12, month % 12 + 1, 1)
    lines = [
        line
        for entry, one in enumerate((one for one in found.accrued if one.booked), 1)
        for line in _entry(entry, one, reversal_day - timedelta(days=1), found.period)
    ]
    next_period = f"{reversal_day:%Y-%m}"
    return lines + [
        replace(line, day=reversal_day, period=next_period, kind="reversal", debit=line.credit, credit=line.debit)
        for line in lines
    ]


def control_totals(found: Accruals, lines: Iterable[JournalLine]) -> list[ControlTotal]:
    """One total per currency.

    Errors:  ControlTotalsDiffer when debits are not credits, or are not what is booked.
    """
    totals: dict[str, ControlTotal] = {}
    for one in found.accrued:
        name = str(one.currency)
        total = totals.get(name) or ControlTotal(name, one.minor_digits, 0, *(Decimal(0),) * 4)
        amount = one.amount if one.amount is not None else Decimal(0)
        totals[name] = replace(
            total,
            count=total.count + 1,
            exact=add_exactly(total.exact, amount),
            booked=add_exactly(total.booked, one.booked),
        )
    liabilities = dict.fromkeys(totals, Decimal(0))
    for line in lines:
        name = str(line.accrual.currency)
        totals[name] = replace(
            totals[name],
            debits=add_exactly(totals[name].debits, line.debit),
            credits=add_exactly(totals[name].credits, line.credit),
        )
        if line.account == LIABILITIES and line.kind == "accrual":
            liabilities[name] = add_exactly(liabilities[name], subtract_exactly(line.credit, line.debit))
    for name, total in totals.items():
        if total.debits != total.credits or liabilities[name] != total.booked:
            raise ControlTotalsDiffer(
                f"accruals in {name}: debits {total.debits}, credits {total.credits}, booked {total.booked}, "
                f"set aside {liabilities[name]}; nothing is written"
            )
    return [totals[name] for name in sorted(totals)]


def journal_csv(lines: Iterable[JournalLine]) -> str:
    """The journal as CSV; empty cells where a side has no amount."""
    return _csv(COLUMNS, (_cells(line) for line in lines))


def unknown_csv(found: Accruals) -> str:
    """What has no known amount, as CSV, so that somebody can price it."""
    rows = (
        (
            *(found.period, one.reason, one.order_id or "", one.product_id or "", one.sku_id or ""),
            *(one.customer_id or "", money_text(one.quantity) if one.quantity is not None else ""),
            *(one.month or "", one.currency or "", text_of(one)),
        )
        for one in found.unknown
    )
    return _csv(UNKNOWN_COLUMNS, rows)


def text_of(one: Accrual) -> str:
    """An accrual in words."""
    quantity = f"{money_text(one.quantity.copy_abs())} x " if one.quantity is not None else ""
    item = ":".join(part for part in (one.product_id, one.sku_id) if part) or "no product"
    order = f"order {one.order_id}" if one.order_id else "no order"
    due = f", due {one.due_at:%Y-%m-%d}" if one.due_at else ""
    return f"{REASONS[one.reason]}: {quantity}{item}, {order}{due}"


def _entry(entry: int, one: Accrual, day: date, period: str) -> Iterator[JournalLine]:
    amount, nothing = one.booked.copy_abs(), Decimal(0)
    charged, set_aside = (EXPENSE, LIABILITIES) if one.booked > 0 else (LIABILITIES, EXPENSE)
    yield JournalLine(day, period, "accrual", entry, charged, amount, nothing, one)
    yield JournalLine(day, period, "accrual", entry, set_aside, nothing, amount, one)


def _cells(line: JournalLine) -> tuple[str, ...]:
    one = line.accrual
    sides = (f"{side:.{one.minor_digits}f}" if side else "" for side in (line.debit, line.credit))
    text = f"Reversal: {text_of(one)}" if line.kind == "reversal" else text_of(one)
    return (
        *(line.day.isoformat(), line.period, line.kind, str(line.entry), line.account, *sides, one.currency or ""),
        *(one.order_id or "", one.product_id or "", one.sku_id or "", one.customer_id or ""),
        *(one.reason, one.basis, text),
    )


def _csv(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return out.getvalue()
