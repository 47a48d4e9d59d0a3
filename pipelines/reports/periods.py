"""A month that somebody named: whether there is anything published for it, and if not, what there is."""

from __future__ import annotations

import re

import duckdb

from pipelines.errors import UsageError

_MONTHS = "select distinct period from marts.fct_reconciliation where period is not null order by period"


def require_period(connection: duckdb.DuckDBPyConnection, period: str) -> None:
    """Stops at a month without published numbers.

    Errors:  UsageError names the months that there are, so that nobody has to guess.
    """
    there = [str(row[0]) for row in connection.execute(_MONTHS).fetchall()]
    if period in there:
        return
    what = f"there is nothing for {period} in the published marts"
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", period):
        what = f"`{period}` is no month; write it like 2026-09"
    known = f"there are {', '.join(there)}" if there else "no month is there yet"
    raise UsageError(f"{what}; {known}")
