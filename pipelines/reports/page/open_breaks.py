"""What is open: the greatest breaks of each currency, how old they are, of which kind, and what only has to wait.

Source:   fct_breaks with titles and next steps of dim_break_codes and names of dim_customers; fct_order_items.
Caveats:  open is what is neither resolved nor accepted. Only primary breaks are added, so that money counts once.
"""

from __future__ import annotations

from decimal import Decimal

import duckdb

from pipelines.reports.page.drawing import lengths
from pipelines.reports.page.words import WAITING
from pipelines.reports.rows import Row, rows

TOP = 8
# Rules that say that a side is missing, as the models have them; accepting such a break brings no side back.
BLOCKING = "b.break_code in ('nothing_compared', 'invoice_missing', 'invoice_not_read')"
IS_OPEN = "b.status not in ('resolved', 'accepted')"
_OF_PERIOD = "($1 is null or b.period = $1)"
# Missing sides first, then the largest; equal ones by severity and id, so that the page is the same twice.
_ORDER = f"""{BLOCKING} desc, b.is_primary desc, b.at_risk_amount desc nulls last,
    list_position(['critical', 'high', 'medium', 'low'], b.severity), b.break_id"""
_TOP = f"""
select b.*, coalesce(d.title, b.break_code) as title, d.next_step, n.company_name,
    count(*) over (partition by b.currency) as of_currency
from marts.fct_breaks b
left join marts.dim_break_codes d on d.break_code = b.break_code
left join marts.dim_customers n on n.customer_id = b.customer_id
where {IS_OPEN} and {_OF_PERIOD}
qualify row_number() over (
    partition by b.currency
    order by {_ORDER}
) <= {TOP}
order by b.currency, {_ORDER}
"""
_AGEING = f"""
select b.currency, b.age_bucket, count(*) as breaks,
    count(*) filter (b.severity in ('critical', 'high')) as grave,
    coalesce(sum(b.at_risk_amount) filter (b.is_primary), 0) as at_risk, max(b.age_days) as oldest
from marts.fct_breaks b
where {IS_OPEN} and {_OF_PERIOD}
group by b.currency, b.age_bucket
order by b.currency, b.age_bucket
"""
_KINDS = f"""
select b.currency, b.break_code, coalesce(d.title, b.break_code) as title, count(*) as breaks,
    count(*) filter (b.severity in ('critical', 'high')) as grave,
    count(*) filter (b.is_primary) as counted, coalesce(sum(b.at_risk_amount) filter (b.is_primary), 0) as at_risk
from marts.fct_breaks b
left join marts.dim_break_codes d on d.break_code = b.break_code
where {IS_OPEN} and {_OF_PERIOD}
group by b.currency, b.break_code, d.title
order by b.currency, at_risk desc, breaks desc, b.break_code
"""
_MISSING = f"""
select b.currency, b.period, coalesce(d.title, b.break_code) as title, count(*) as breaks
from marts.fct_breaks b
left join marts.dim_break_codes d on d.break_code = b.break_code
where {BLOCKING} and b.status <> 'resolved'
group by b.currency, b.period, b.break_code, d.title
order by b.currency, b.period, title
"""
_ACCEPTED = f"""
select b.currency, count(*) as breaks, coalesce(sum(b.at_risk_amount), 0) as at_risk
from marts.fct_breaks b
where b.status = 'accepted' and {_OF_PERIOD}
group by b.currency
"""
# A balance has no month, and an order that is not due yet may stand in one that has no verdict. A customer that could
# not be compared shows in each of its months.
_ELSEWHERE = f"""
select b.currency, count(*) as breaks, coalesce(sum(b.at_risk_amount) filter (b.is_primary), 0) as at_risk
from marts.fct_breaks b
where {IS_OPEN} and b.break_code <> 'not_compared' and not exists (
    select 1 from marts.fct_reconciliation m where m.period = b.period and m.currency = b.currency
)
group by b.currency
"""
_WAITING = """
select order_currency as currency, timing_code, count(*) as order_items, sum(expected_amount) as amount,
    min(timing_due_at) as first_due_at
from marts.fct_order_items
where reconciliation_status = 'timing'
group by order_currency, timing_code
order by order_currency, timing_code
"""
_BUCKETS = ("0-30", "31-60", "61-90", "90+")


def top_breaks(connection: duckdb.DuckDBPyConnection, period: str | None) -> list[Row]:
    """The greatest open breaks of each currency; `of_currency` says of how many."""
    return rows(connection, _TOP, [period])


def ageing(connection: duckdb.DuckDBPyConnection, period: str | None) -> dict[str | None, list[Row]]:
    """Open breaks by age, every bucket in its place, with the length of its bar."""
    found: dict[str | None, dict[str | None, Row]] = {}
    for row in rows(connection, _AGEING, [period]):
        found.setdefault(row["currency"], {})[row["age_bucket"]] = row
    return {currency: _aged(buckets) for currency, buckets in found.items()}


def kinds(connection: duckdb.DuckDBPyConnection, period: str | None) -> list[Row]:
    """Open breaks by rule, in each currency, the most money first."""
    return rows(connection, _KINDS, [period])


def accepted(connection: duckdb.DuckDBPyConnection, period: str | None) -> dict[str | None, Row]:
    """What an analyst accepted, by currency: not open, and not hidden either."""
    return {row["currency"]: row for row in rows(connection, _ACCEPTED, [period])}


def elsewhere(connection: duckdb.DuckDBPyConnection) -> dict[str | None, Row]:
    """Open breaks that are of no month with a verdict, by currency: with them the months add up to all."""
    return {row["currency"]: row for row in rows(connection, _ELSEWHERE)}


def missing_sides(connection: duckdb.DuckDBPyConnection) -> list[Row]:
    """Breaks that say that a side is missing, by currency, month and rule."""
    return rows(connection, _MISSING)


def waiting(connection: duckdb.DuckDBPyConnection) -> list[Row]:
    """Order items inside a window, with what they wait for."""
    found = rows(connection, _WAITING)
    return [row | {"words": WAITING.get(row["timing_code"], row["timing_code"] or "unknown")} for row in found]


def _aged(found: dict[str | None, Row]) -> list[Row]:
    nothing: Row = {"breaks": 0, "grave": 0, "at_risk": Decimal(0), "oldest": None}
    # A break that has no date has no bucket; it is shown all the same.
    names = [*_BUCKETS, *([None] if None in found else [])]
    in_order: list[Row] = [nothing | found.get(name, {}) | {"age_bucket": name} for name in names]
    return [
        row | {"length": length}
        for row, length in zip(in_order, lengths([row["at_risk"] for row in in_order]), strict=True)
    ]
