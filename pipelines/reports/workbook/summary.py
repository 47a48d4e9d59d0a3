"""Question: is it reconciled, what is open, what was compared, and where did each document's money go?

Units:    amounts in the currency that stands in their row or in the head of their column.
Source:   fct_reconciliation, fct_breaks, fct_coverage, fct_invoices.
Caveats:  the newest months and documents only; the sheets have them all. Shares are cut, so that what is not all
          never reads as 100 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from pipelines.reports.page import months
from pipelines.reports.page.words import VERDICTS
from pipelines.reports.workbook import charts, overview
from pipelines.reports.workbook.blocks import Block, cut_share, share, write_block
from pipelines.reports.workbook.source import Source
from pipelines.reports.workbook.style import TAB_PROOF
from pipelines.reports.workbook.table import Column, set_up_paper, write_title
from pipelines.spreadsheet import Spreadsheet

MONTHS = 12
_WIDTHS = (30, *(15,) * 13)
_VERDICT_LOOKS = {
    VERDICTS["clean"]: "good",
    VERDICTS["breaks"]: "medium",
    VERDICTS["not_reconciled"]: "critical",
    VERDICTS["not_due"]: "low",
    VERDICTS["nothing"]: "low",
}


def write_summary(book: Spreadsheet, source: Source) -> None:
    """The first sheet."""
    sheet = book.book.add_worksheet("Summary")
    sheet.set_tab_color(TAB_PROOF)
    for number, width in enumerate(_WIDTHS):
        sheet.set_column(number, number, max(width, book.money_width))
    found = months.months(source.connection, source.as_of, source.period)
    open_ones = overview.open_breaks(source)
    count = sum(sum(row[1:5]) for row in open_ones)
    says = VERDICTS[months.overall(found, count)]
    write_title(book, sheet, f"{says} as of {source.as_of:%Y-%m-%d %H:%M} UTC", _caption(source, found, count))
    verdicts = [row for one in found.values() for row in _verdict_rows(one)]
    signed = months.sign_off(found)
    if signed.months:
        book.write(sheet, 2, 0, f"{signed.question} {signed.answer}", look="answer")
    row, judged = write_block(book, sheet, 4, _verdicts(verdicts, source.period))
    kinds_at = row + charts.ROWS
    row, kinds = write_block(book, sheet, kinds_at, overview.by_theme(source))
    row, ages = write_block(book, sheet, row, overview.by_age(source))
    row, _ = write_block(book, sheet, row, overview.coverage(source))
    row, _ = write_block(book, sheet, row, overview.bridge(source))
    charts.insert(book.book, sheet, kinds_at - charts.ROWS, judged, kinds, ages)
    sheet.freeze_panes(3, 1)
    sheet.ignore_errors({"number_stored_as_text": "A1:N2000"})
    set_up_paper(sheet, len(_WIDTHS) - 1, row, repeated=2)
    sheet.activate()


def _caption(source: Source, found: dict[str, months.Months], count: int) -> str:
    newest = ", ".join(
        f"{code} {one.judged['period'] if one.judged else ''} {VERDICTS[one.verdict].lower()}".replace("  ", " ")
        for code, one in found.items()
    )
    kind = "an enquiry" if source.is_enquiry else f"generation {source.generation}"
    which = "Month asked for" if source.period else "Newest due month"
    return f"{which}: {newest or 'none'}. {count:,} open breaks ({kind}). Currencies are never added together."


def _verdict_rows(one: months.Months) -> list[Sequence[Any]]:
    return [
        (
            row["currency"],
            row["period"],
            VERDICTS["not_due"] if not row["is_due"] else VERDICTS[row["says"]],
            row["charges_amount"],
            row["matched_amount"],
            share(row["matched_amount"], row["charges_amount"]),
            row["open_breaks_count"],
            row["undecided_count"],
            row["at_risk_amount"],
            share_at_risk(row["at_risk_amount"], row["charges_amount"]),
            row["unexplained_amount"],
            row["not_compared_amount"],
        )
        for row in one.shown[-MONTHS:]
    ]


def share_at_risk(at_risk: Decimal, charged: Decimal) -> Decimal | None:
    """What is at risk may be more than what was charged; where nothing was, it is a share of nothing."""
    if not at_risk:
        return Decimal(0)
    return cut_share(at_risk, charged) if charged > 0 else None


def _verdicts(rows: list[Sequence[Any]], period: str | None) -> Block:
    title = (
        "Verdict per currency" if period else f"Verdict per month and currency (the newest {MONTHS} months of each)"
    )
    return Block(
        title,
        (
            Column("Currency", 0),
            Column("Month", 0),
            Column("Verdict", 0, by_value=_VERDICT_LOOKS),
            Column("Charged, one-time", 0, "money", currency=0),
            Column("Matched", 0, "money", currency=0),
            Column("Share matched", 0, "share"),
            Column("Open breaks", 0, "count"),
            Column("To be decided", 0, "count"),
            Column("At risk", 0, "money", currency=0),
            Column("Share at risk", 0, "share"),
            Column("Not explained, one-time", 0, "money", currency=0),
            Column("Not compared", 0, "money", currency=0),
        ),
        rows,
        nothing="no month was loaded",
    )
