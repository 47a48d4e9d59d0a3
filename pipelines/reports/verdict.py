"""Question: is the newest due month reconciled, and are breaks open? The answer is an exit code.

Source:   fct_reconciliation, fct_breaks.
Caveats:  a month is due from its 11th on: invoices come until the 8th, and three days later their lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import duckdb

from pipelines.reports.periods import require_period
from pipelines.reports.rows import Row, rows

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
    """The verdict: exit code, the lines that explain it, and what they say.

    Shape:   `periods` as the mart has them, `open_breaks` counted by severity.
    """

    exit_code: int
    lines: tuple[str, ...]
    verdict: str
    periods: tuple[Row, ...]
    open_breaks: dict[str, int]


def check(
    connection: duckdb.DuckDBPyConnection, *, as_of: datetime, period: str | None, fail_on: Severity
) -> CheckResult:
    """Reads the published marts: the newest due period of each currency (or the one named), every open break.

    Shape:   `as_of` is the moment of the published result (naive UTC): what was not due then is not judged.
    Errors:  UsageError when the named period is not in the marts.
    """
    found = rows(connection, _PERIODS, [period, period, as_of])
    if period is not None and not found:
        require_period(connection, period)
    lines = [
        f"{row['currency']} {row['period']}: {row['verdict'].replace('_', ' ')} ({row['charges_count']:,} charges, "
        f"{row['order_items_count']:,} order items, {row['open_breaks_count']:,} open breaks)"
        for row in found
    ]
    known = {row[0] for row in connection.execute(_KNOWN_CURRENCIES).fetchall()}
    not_due = known - {row["currency"] for row in found}
    lines += [f"{currency}: no period is due yet, nothing was compared" for currency in sorted(not_due)]
    open_breaks = {str(severity): int(count) for severity, count in connection.execute(_BREAKS).fetchall()}
    if open_breaks:
        counted = ", ".join(f"{open_breaks[name]:,} {name}" for name in reversed(SEVERITIES) if name in open_breaks)
        lines.append(f"open breaks of all periods: {counted}")
    code, verdict = _verdict(found, open_breaks, fail_on)
    return CheckResult(code, (*lines, f"verdict: {verdict}"), verdict, tuple(found), open_breaks)


def _verdict(periods: list[Row], open_breaks: dict[str, int], fail_on: Severity) -> tuple[int, str]:
    # Nothing compared is no clean result.
    if not periods or any(row["verdict"] == "not_reconciled" for row in periods):
        return 2, "not reconciled"
    if any(name in open_breaks for name in SEVERITIES[SEVERITIES.index(fail_on) :]):
        return 1, f"open breaks of severity {fail_on} or above"
    return 0, "clean" if not open_breaks else f"no break of {fail_on} or above"
