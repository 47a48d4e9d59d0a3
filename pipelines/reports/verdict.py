"""Question: is the newest due month reconciled, and are breaks open? The answer is an exit code.

Source:   fct_reconciliation, fct_breaks.
Caveats:  a month is due from its 11th on: invoices come until the 8th, and three days later their lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import duckdb

from pipelines.errors import UsageError

SEVERITIES = ("low", "medium", "high", "critical")
Severity = Literal["low", "medium", "high", "critical"]
_PERIODS = """
select currency, period, verdict, charges_count, order_items_count, open_breaks_count
from marts.fct_reconciliation
where period = ? or (? is null and cast(period || '-11' as timestamp) <= cast(? as timestamp))
qualify row_number() over (partition by currency order by period desc) = 1
order by currency
"""
_KNOWN_CURRENCIES = "select distinct currency from marts.fct_reconciliation order by currency"
# What an analyst accepted is no longer open; a month where a side is missing stays not reconciled all the same.
_BREAKS = """
select severity, count(*) from marts.fct_breaks where status not in ('resolved', 'accepted') group by severity
"""


@dataclass(frozen=True)
class CheckResult:
    """The verdict: exit code and the lines that explain it."""

    exit_code: int
    lines: tuple[str, ...]


def check(
    connection: duckdb.DuckDBPyConnection, *, as_of: datetime, period: str | None, fail_on: Severity
) -> CheckResult:
    """Reads the published marts: the newest due period of each currency (or the one named), every open break.

    Shape:   `as_of` is the moment of the published result (naive UTC): what was not due then is not judged.
    Errors:  UsageError when the named period is not in the marts.
    """
    rows = connection.execute(_PERIODS, [period, period, as_of]).fetchall()
    if period is not None and not rows:
        raise UsageError(f"there is nothing for {period} in the published marts; write the month like 2026-09")
    lines = [
        f"{currency} {month}: {verdict.replace('_', ' ')} ({charges:,} charges, {items:,} order items, "
        f"{breaks:,} open breaks)"
        for currency, month, verdict, charges, items, breaks in rows
    ]
    not_due = {row[0] for row in connection.execute(_KNOWN_CURRENCIES).fetchall()} - {row[0] for row in rows}
    lines += [f"{currency}: no period is due yet, nothing was compared" for currency in sorted(not_due)]
    open_breaks = {str(severity): int(count) for severity, count in connection.execute(_BREAKS).fetchall()}
    if open_breaks:
        counted = ", ".join(f"{open_breaks[name]:,} {name}" for name in reversed(SEVERITIES) if name in open_breaks)
        lines.append(f"open breaks of all periods: {counted}")
    # Nothing compared is no clean result.
    if not rows or any(row[2] == "not_reconciled" for row in rows):
        return CheckResult(2, (*lines, "verdict: not reconciled"))
    failing = [name for name in SEVERITIES[SEVERITIES.index(fail_on) :] if name in open_breaks]
    if failing:
        return CheckResult(1, (*lines, f"verdict: open breaks of severity {fail_on} or above"))
    return CheckResult(
        0, (*lines, "verdict: clean" if not open_breaks else f"verdict: no break of {fail_on} or above")
    )
