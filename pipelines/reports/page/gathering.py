"""Everything that the page says, gathered from the published database, currency by currency."""

from __future__ import annotations

from typing import Any

import duckdb

from pipelines.reports.page import changes, coverage, flow, months, open_breaks
from pipelines.reports.page.drawing import total
from pipelines.reports.page.words import EVENTS
from pipelines.reports.rows import Row, first_row, rows

_DIGITS = "select currency, minor_digits from seeds.currencies"


def gathered(connection: duckdb.DuckDBPyConnection, *, period: str | None) -> dict[str, Any]:
    """The facts of the page by the names that the template uses.

    Shape:   `period` leaves only documents and breaks of that month.
    """
    run = _run(connection)
    money = flow.flows(connection, period)
    verdicts = months.months(connection, run["as_of"], period)
    top = open_breaks.top_breaks(connection, period)
    kinds = open_breaks.kinds(connection, period)
    ageing = open_breaks.ageing(connection, period)
    accepted = open_breaks.accepted(connection, period)
    elsewhere = open_breaks.elsewhere(connection)
    waiting = open_breaks.waiting(connection)
    missing = open_breaks.missing_sides(connection)
    compared = coverage.compared(connection, period)
    reasons = coverage.reasons(connection, period)
    known = {*money, *verdicts, *compared, *(row["currency"] for row in top)} - {None}

    def part(currency: str | None) -> Row:
        mine = [row for row in kinds if row["currency"] == currency]
        return {
            "currency": currency,
            "months": verdicts.get(currency or ""),
            "flow": money.get(currency or ""),
            "top": [row for row in top if row["currency"] == currency],
            "missing": [row for row in missing if row["currency"] == currency],
            "kinds": mine,
            "open_breaks": sum(row["breaks"] for row in mine),
            "at_risk": total(row["at_risk"] for row in mine),
            "ageing": ageing.get(currency, []),
            "accepted": accepted.get(currency),
            "elsewhere": None if period else elsewhere.get(currency),
            "waiting": [row for row in waiting if row["currency"] == currency],
            "compared": compared.get(currency, []),
            "reasons": [row for row in reasons if row["currency"] == currency],
        }

    open_count = sum(row["breaks"] for row in kinds)
    return {
        "run": run,
        "period": period,
        "digits": {row["currency"]: row["minor_digits"] for row in rows(connection, _DIGITS)},
        "overall": months.overall(verdicts, open_count),
        "sign_off": months.sign_off(verdicts),
        "open_count": open_count,
        "currencies": [part(currency) for currency in sorted(known)],
        "no_currency": part(None),
        "changes": changes.changes(connection, run["generation"], period),
        "events": EVENTS,
        "unread": coverage.unread(connection),
        "readings": coverage.readings(connection),
        "limits": {"reasons": coverage.REASONS, "readings": coverage.READINGS},
    }


def _run(connection: duckdb.DuckDBPyConnection) -> Row:
    found = first_row(connection, "select * from recon_meta.build_info") or {}
    versions = str(found.get("versions") or "").split(", ")
    return {
        "generation": found.get("generation", 0),
        "as_of": found.get("as_of"),
        "input_digest": found.get("input_digest", ""),
        "versions": [one for one in versions if one],
    }
