"""The blocks of the summary below the verdict: open breaks by theme and age, coverage, the newest documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from pipelines.money import add_exactly
from pipelines.reports.page.coverage import compared
from pipelines.reports.workbook.blocks import Block, share
from pipelines.reports.workbook.breaks import CODES, OPEN
from pipelines.reports.workbook.source import Source
from pipelines.reports.workbook.style import SEVERITY_COLOURS
from pipelines.reports.workbook.table import Column, Values
from pipelines.reports.workbook.themes import sheets_of
from pipelines.reports.workbook.tie_out import PARTS

DOCUMENTS = 40
_AGES = ("0-30", "31-60", "61-90", "90+", "no age")
_SEVERITIES = tuple(SEVERITY_COLOURS)
_COUNTS = ", ".join(f"count(*) filter (where b.severity = '{name}')" for name in _SEVERITIES)
_OPEN = f"""
select {{key}}, {_COUNTS}
from marts.fct_breaks b where {OPEN} and {{where}} group by all
"""
_AT_RISK = f"""
select {{key}}, b.currency, sum(b.at_risk_amount)
from marts.fct_breaks b where {OPEN} and b.is_primary and b.at_risk_amount is not null and {{where}} group by all
"""
_BY_AGE = "coalesce(b.age_bucket, 'no age')"
_WHY_NOT = """
select currency, kind, not_compared_reason, sum(not_compared_count) as n from marts.fct_coverage
where not_compared_count > 0 and {where}
    and (kind in ('documents', 'balances', 'statements') or part like '%one_time')
group by currency, kind, not_compared_reason
qualify row_number() over (partition by currency, kind order by sum(not_compared_count) desc, not_compared_reason) = 1
"""
_PART_COLUMNS = ", ".join(f"{name}_amount" for name, _, _ in PARTS)
_BRIDGE = f"""
select invoice_id, currency, period, total_charges, {_PART_COLUMNS}
from marts.fct_invoices where is_counted and {{where}}
order by invoice_at desc, invoice_id limit {DOCUMENTS}
"""

Amounts = Mapping[tuple[str, str], Decimal]


def open_breaks(source: Source) -> list[tuple[Any, ...]]:
    """Open breaks by code: how many of each severity."""
    return source.all(_OPEN.format(key="b.break_code", where=source.where("b.period")))


def by_theme(source: Source) -> Block:
    """Open breaks by sheet; one column of money per currency."""
    counts = {row[0]: row[1:] for row in open_breaks(source)}
    amounts, currencies = _amounts(source, "b.break_code")
    rows: list[Values] = []
    for theme, codes in sheets_of(source.all(CODES)).items():
        mine = [counts[code] for code in codes if code in counts]
        at_risk = [_sum(amounts.get((code, currency)) for code in codes) for currency in currencies]
        rows.append((theme.sheet, *_added(mine), *at_risk))
    return _open_block("Open breaks by sheet", "Sheet", rows, currencies, links=True)


def by_age(source: Source) -> Block:
    """Open breaks by age; one column of money per currency."""
    counts = {row[0]: row[1:] for row in source.all(_OPEN.format(key=_BY_AGE, where=source.where("b.period")))}
    amounts, currencies = _amounts(source, _BY_AGE)
    rows = [
        (
            "no age" if age == "no age" else f"{age} days",
            *_added([counts[age]] if age in counts else []),
            *(amounts.get((age, currency), Decimal(0)) for currency in currencies),
        )
        for age in _AGES
        if age != "no age" or age in counts
    ]
    return _open_block("Open breaks by age", "Age", rows, currencies)


def coverage(source: Source) -> Block:
    """What was compared, of how much."""
    reasons = {(row[0], row[1]): row[2] for row in source.all(_WHY_NOT.format(where=source.where()))}
    found = compared(source.connection, source.period)
    rows = [
        (
            *(row["currency"], row["name"], row["compared"], row["of_all"], share(row["compared"], row["of_all"])),
            *(row["amount"], reasons.get((row["currency"], row["kind"]))),
        )
        for currency in sorted(found, key=lambda code: (code is None, code or ""))
        for row in found[currency]
    ]
    return Block(
        "Coverage: what was compared, of how much",
        (
            Column("Currency", 0),
            Column("Data", 0),
            Column("Compared", 0, "count"),
            Column("Of", 0, "count"),
            Column("Share", 0, "share"),
            Column("Amount not compared", 0, "money", currency=0),
            Column("Most frequent reason", 0),
        ),
        rows,
        nothing="nothing was loaded",
    )


def bridge(source: Source) -> Block:
    """Where the total of each document stands, the newest first."""
    rows = source.all(_BRIDGE.format(where=source.where()))
    title = "Bridge per document: total = everything on its right"
    return Block(
        f"{title} (the newest {DOCUMENTS}; all are in Tie-out)" if len(rows) == DOCUMENTS else title,
        (
            Column("Invoice ID", 0),
            Column("Currency", 0),
            Column("Month", 0),
            Column("Total of the document", 0, "money", currency=1),
            *(Column(name, 0, "money", currency=1) for _, name, _ in PARTS),
        ),
        rows,
        nothing="no document",
    )


def _amounts(source: Source, key: str) -> tuple[Amounts, list[str]]:
    found = source.all(_AT_RISK.format(key=key, where=source.where("b.period")))
    amounts = {(str(row[0]), str(row[1])): row[2] for row in found if row[1]}
    return amounts, sorted({currency for _, currency in amounts})


def _open_block(
    title: str, head: str, rows: Sequence[Values], currencies: Sequence[str], *, links: bool = False
) -> Block:
    columns = (
        Column(head, 0),
        *(Column(name.capitalize(), 0, "count") for name in _SEVERITIES),
        Column("All", 0, "count"),
        *(Column(f"At risk, {code}", 0, "money", code=code) for code in currencies),
    )
    width = len(_SEVERITIES) + 2
    money = [_sum(row[width + number] for row in rows) for number in range(len(currencies))]
    totals = ("All", *(sum(row[number] for row in rows) for number in range(1, width)), *money)
    return Block(title, columns, rows, totals, links)


def _added(counts: Sequence[Sequence[int]]) -> list[int]:
    found = [sum(row[number] for row in counts) for number in range(len(_SEVERITIES))]
    return [*found, sum(found)]


def _sum(amounts: Any) -> Decimal:
    found = Decimal(0)
    for amount in amounts:
        found = add_exactly(found, amount or Decimal(0))
    return found
