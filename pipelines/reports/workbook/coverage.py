"""Question: what could be compared, of how much, and why was the rest not?

Source:   fct_coverage.
Caveats:  kinds without money (statements, days of the record of activity) have no amount.
"""

from __future__ import annotations

from pipelines.reports.workbook.source import Source
from pipelines.reports.workbook.style import AMOUNT, CODE, COUNT, NAME, SENTENCE, TAB_PROOF
from pipelines.reports.workbook.table import Column, Table, write_table
from pipelines.spreadsheet import Spreadsheet

_ROWS = """
select period, currency, kind, part, compared_with, compared_count, compared_amount, not_compared_count,
    not_compared_amount, not_compared_reason, partition_id
from marts.fct_coverage where ({where} or period is null)
order by not_compared_count = 0, currency nulls last, period desc nulls last, kind, part, compared_with,
    not_compared_reason, partition_id
"""


def write_coverage(book: Spreadsheet, source: Source) -> None:
    """One row per kind of data and reason; what was not compared comes first."""
    write_table(
        book,
        Table(
            "Coverage",
            "What was compared, and what was not?",
            "A month whose other side could not be read is never called clean.",
            (
                Column("Month", COUNT),
                Column("Currency", COUNT),
                Column("Data", 14),
                Column("Part", NAME),
                Column("Compared with", 24),
                Column("Compared", CODE, "count"),
                Column("Amount compared", AMOUNT, "money", currency=1),
                Column("Not compared", CODE, "count"),
                Column("Amount not compared", AMOUNT, "money", currency=1),
                Column("Why not", SENTENCE, is_wrapped=True),
                Column("First reading concerned", 40),
            ),
            source.stream(_ROWS.format(where=source.where())),
            frozen=2,
            on_paper=10,
            tab=TAB_PROOF,
            nothing="nothing was loaded",
        ),
    )
