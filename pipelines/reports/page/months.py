"""The verdict of each month and currency, the verdict of now, and the trend.

Source:   fct_reconciliation; fct_breaks for what waits for a decision.
Caveats:  a month is due from its 11th on, as `recon check` has it; clean needs something that was compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import duckdb

from pipelines.reports.page.drawing import Column, columns_of, share_text
from pipelines.reports.rows import Row, rows
from pipelines.reports.sign_off import UNDECIDED

MONTHS = 24
DRAWN = 12
_MONTHS = f"""
select m.*, cast(m.period || '-11' as timestamp) <= cast($2 as timestamp) as is_due,
    (
        select count(*) from marts.fct_breaks b
        where b.period = m.period and (b.currency = m.currency or b.currency is null) and {UNDECIDED}
    ) as undecided_count
from marts.fct_reconciliation m
where $1 is null or m.period = $1
order by m.currency, m.period
"""


@dataclass(frozen=True)
class Months:
    """The months of one currency, oldest first.

    Shape:   `due` are those that may be judged, `shown` the latest ones, `there_are` how many
             there are at all; `columns` draw the money at risk of the latest.
    """

    currency: str
    due: list[Row]
    shown: list[Row]
    there_are: int
    columns: list[Column]

    @property
    def judged(self) -> Row | None:
        """The newest due month, None while none is due."""
        return self.due[-1] if self.due else None

    @property
    def older_not_reconciled(self) -> list[str]:
        """Due months before the judged one whose sides are not all there."""
        return [row["period"] for row in self.due[:-1] if row["says"] == "not_reconciled"]

    @property
    def verdict(self) -> str:
        """The verdict of the newest due month."""
        return str(self.judged["says"]) if self.judged else "not_due"


def months(connection: duckdb.DuckDBPyConnection, as_of: datetime, period: str | None) -> dict[str, Months]:
    """The months of every currency."""
    found: dict[str, list[Row]] = {}
    for row in rows(connection, _MONTHS, [period, as_of]):
        found.setdefault(row["currency"], []).append(row | {"says": _says(row), "matched_share": _matched_share(row)})
    return {currency: _months(currency, mine) for currency, mine in found.items()}


def overall(found: dict[str, Months], open_breaks: int) -> str:
    """The verdict of the whole page: the worst of the currencies, and never clean without a comparison."""
    verdicts = {one.verdict for one in found.values()}
    if "not_reconciled" in verdicts:
        return "not_reconciled"
    if open_breaks or "breaks" in verdicts:
        return "breaks"
    if "clean" in verdicts:
        return "clean" if verdicts == {"clean"} else "partly_clean"
    return "nothing"


@dataclass(frozen=True)
class SignOff:
    """Whether the newest due months may be signed, over all currencies.

    Shape:   `months` are they, as a rule one; the rest names the currencies that speak against it, with a count.
    """

    months: list[str]
    not_reconciled: list[str]
    nothing_compared: list[str]
    undecided: list[tuple[str, int]]

    @property
    def may_be_signed(self) -> bool:
        """Whether nothing speaks against it."""
        return not (self.not_reconciled or self.nothing_compared or self.undecided)

    @property
    def question(self) -> str:
        """The question, as the page and the workbook ask it."""
        return f"May {' and '.join(self.months)} be signed?"

    @property
    def answer(self) -> str:
        """The answer, and what speaks against it."""
        return " ".join(["Not yet.", *self._against()]) if not self.may_be_signed else "Nothing speaks against it."

    def _against(self) -> Iterator[str]:
        if self.not_reconciled:
            verb = "is" if len(self.not_reconciled) == 1 else "are"
            yield f"{', '.join(self.not_reconciled)} {verb} not reconciled."
        if self.nothing_compared:
            yield f"Nothing was compared in {', '.join(self.nothing_compared)}."
        if self.undecided:
            count = sum(count for _, count in self.undecided)
            waiting = (
                "break of high or critical severity waits"
                if count == 1
                else "breaks of high or critical severity wait"
            )
            by_currency = ", ".join(f"{currency} {count:,}" for currency, count in self.undecided)
            yield f"{count:,} {waiting} to be resolved, or accepted or disputed with a comment: {by_currency}."


def sign_off(found: dict[str, Months]) -> SignOff:
    """What the newest due months say together: `recon close` asks the same of each month and currency."""
    judged = [(one.currency, one.judged, one.verdict) for one in found.values() if one.judged]
    return SignOff(
        sorted({row["period"] for _, row, _ in judged}),
        [currency for currency, _, verdict in judged if verdict == "not_reconciled"],
        [currency for currency, _, verdict in judged if verdict == "nothing"],
        [(currency, row["undecided_count"]) for currency, row, _ in judged if row["undecided_count"]],
    )


def _says(row: Row) -> str:
    compared = row["charges_count"] or row["order_items_count"]
    return "nothing" if row["verdict"] == "clean" and not compared else str(row["verdict"])


def _months(currency: str, mine: list[Row]) -> Months:
    due = [row for row in mine if row["is_due"]]
    drawn = mine[-DRAWN:]
    columns = columns_of([row["period"] for row in drawn], [row["at_risk_amount"] for row in drawn])
    return Months(currency, due, mine[-MONTHS:], len(mine), columns)


def _matched_share(row: Row) -> str:
    matched, charged = row["matched_amount"], row["charges_amount"]
    # Credits may exceed charges; a share of that would mean nothing.
    return share_text(matched, charged) if Decimal(0) <= matched <= charged and charged else "none"
