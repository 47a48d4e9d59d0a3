"""What was compared, of how much; what was not, and why; and which readings are missing.

Source:   fct_coverage; the ledger of readings.
"""

from __future__ import annotations

import duckdb

from pipelines.reports.page.drawing import lengths
from pipelines.reports.page.words import COMPARED_KINDS
from pipelines.reports.rows import Row, first_row, rows

REASONS = 10
READINGS = 20
# One-time business, and documents of any kind: the rest is listed with the reasons.
_COMPARED = """
select currency, kind, cast(sum(compared_count) as bigint) as compared,
    cast(sum(compared_count + not_compared_count) as bigint) as of_all, sum(not_compared_amount) as amount
from marts.fct_coverage
where (kind in ('documents', 'balances', 'statements') or part like '%one_time') and ($1 is null or period = $1)
group by currency, kind
"""
_REASONS = """
select currency, kind, part, not_compared_reason as reason, min(partition_id) as partition_id,
    cast(sum(not_compared_count) as bigint) as not_compared, sum(not_compared_amount) as amount,
    bool_or(partition_id is not null) as is_failure
from marts.fct_coverage
where not_compared_count > 0 and ($1 is null or period = $1)
group by currency, kind, part, not_compared_reason
order by currency, is_failure desc, abs(amount) desc nulls last, kind, part, reason
"""
_UNREAD = """
select endpoint, status, coalesce(failure_reason, 'no reason was kept') as reason, count(*) as partitions,
    min(partition_id) as first_partition
from partner_center_raw.load_ledger
where status <> 'complete'
group by endpoint, status, failure_reason
order by partitions desc, endpoint, status, reason
"""


def compared(connection: duckdb.DuckDBPyConnection, period: str | None) -> dict[str | None, list[Row]]:
    """What is there to be compared in each currency, and how much of it was, with the length of its bar."""
    found = {(row["currency"], row["kind"]): row for row in rows(connection, _COMPARED, [period])}
    return {
        currency: [
            found[currency, kind] | {"name": name, "length": _length(found[currency, kind])}
            for kind, name in COMPARED_KINDS
            if (currency, kind) in found
        ]
        for currency in {currency for currency, _ in found}
    }


def reasons(connection: duckdb.DuckDBPyConnection, period: str | None) -> list[Row]:
    """Why something was not compared: failed readings first, then the most money."""
    return rows(connection, _REASONS, [period])


def unread(connection: duckdb.DuckDBPyConnection) -> list[Row]:
    """Readings that are stale or missing, by call and reason."""
    return rows(connection, _UNREAD)


def readings(connection: duckdb.DuckDBPyConnection) -> int:
    """How many readings the numbers stand on."""
    found = first_row(connection, "select count(*) as readings from partner_center_raw.load_ledger")
    return int(found["readings"]) if found else 0


def _length(row: Row) -> object:
    # Counts only: rows have no currency, so they may be divided.
    return lengths([row["of_all"], row["compared"]])[1] if row["of_all"] else 0
