"""Question: how old is what is open, and where does it lie?

Units:    at risk in the currency of its row, of primary breaks; ages in days from the invoice, or from the day it
          was due, to the moment of the result.
Source:   fct_breaks.
"""

from __future__ import annotations

from pipelines.reports.workbook.breaks import OPEN
from pipelines.reports.workbook.source import Source
from pipelines.reports.workbook.style import AMOUNT, CODE, COUNT, NAME, SEVERITY_LOOKS
from pipelines.reports.workbook.table import Column, Table, write_table
from pipelines.spreadsheet import Spreadsheet

_ROWS = """
select coalesce(b.age_bucket, 'no age'), b.currency, b.severity, coalesce(c.title, b.break_code), count(*),
    count(*) filter (where b.is_primary), coalesce(sum(b.at_risk_amount) filter (where b.is_primary), 0),
    max(b.age_days), max(b.days_open), min(b.business_at), b.direction, b.break_code
from marts.fct_breaks b left join marts.dim_break_codes c on b.break_code = c.break_code
where {open} and {where}
group by all
order by max(b.age_days) desc nulls last, b.currency nulls last, sum(b.at_risk_amount) desc nulls last, b.break_code,
    b.severity, b.direction
"""


def write_ageing(book: Spreadsheet, source: Source) -> None:
    """Open breaks by age, currency and code, the oldest first."""
    write_table(
        book,
        Table(
            "Ageing",
            "How old is what is open?",
            f"Days from the invoice, or from the day something was due, to {source.as_of:%Y-%m-%d %H:%M} UTC.",
            (
                Column("Age", CODE),
                Column("Currency", COUNT),
                Column("Severity", CODE, by_value=SEVERITY_LOOKS),
                Column("Break", 48),
                Column("Breaks", COUNT, "count"),
                Column("In totals", COUNT, "count"),
                Column("At risk", AMOUNT, "money", currency=1),
                Column("Oldest, days", CODE, "count"),
                Column("Longest open, days", CODE, "count"),
                Column("Since (UTC)", 12, "day"),
                Column("Direction", CODE),
                Column("Break code", NAME),
            ),
            source.stream(_ROWS.format(open=OPEN, where=source.where("b.period"))),
            frozen=2,
            nothing="nothing is open",
        ),
    )
