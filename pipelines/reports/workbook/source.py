"""What the sheets read: the published database, the month that was asked for, and what analysts noted so far."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import duckdb

from pipelines.spreadsheet import ROWS_AT_ONCE

_LONGEST = """
select max(abs(amount)) from (
    select total_charges as amount from marts.fct_invoices
    union all select closing_amount from marts.fct_balance_rollforward
)
"""


@dataclass(frozen=True)
class Source:
    """One published result (or an enquiry).

    Shape:   `notes` are the newest notes by break; `period` (YYYY-MM) leaves only what is of that month.
    """

    connection: duckdb.DuckDBPyConnection
    as_of: datetime
    generation: int
    input_digest: str
    versions: str
    digits: Mapping[str, int]
    period: str | None = None
    is_enquiry: bool = False
    notes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def where(self, column: str = "period") -> str:
        """The condition that keeps rows of the month that was asked for. A month has been checked to be one."""
        return f"{column} = '{self.period}'" if self.period else "true"

    def money_width(self) -> int:
        """How wide the longest amount of a document or a balance is, with its sign and some air."""
        longest = self.all(_LONGEST)[0][0] or 0
        return len(f"{longest:,.2f}") + 3

    def all(self, query: str) -> list[tuple[Any, ...]]:
        """All rows of a query with a small result."""
        return self.connection.execute(query).fetchall()

    def stream(self, query: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, some at a time; other queries may be asked meanwhile."""
        cursor = self.connection.cursor()
        cursor.execute(query)
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            yield from rows
