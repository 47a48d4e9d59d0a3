"""Question: what does not agree, what is it worth, and what do we say about it? One sheet a theme.

Units:    amounts in the currency of their row; totals per currency, of open primary breaks.
Source:   fct_breaks with titles and next steps; candidates for charges without order; the newest notes.
Caveats:  resolved breaks are not shown. Accepted ones are, and are in no total.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipelines.annotation_files import NOTES, note_mark
from pipelines.reports.statement import amount_text
from pipelines.reports.workbook.choices import may_be_listed, offer_choices
from pipelines.reports.workbook.source import Source
from pipelines.reports.workbook.style import (
    AMOUNT,
    CODE,
    COUNT,
    DAY,
    ID,
    LONG_ID,
    MOMENT,
    NAME,
    SENTENCE,
    SEVERITY_LOOKS,
    TAB_BREAKS,
)
from pipelines.reports.workbook.table import Column, Part, Table, Values, write_table
from pipelines.reports.workbook.themes import Theme, sheets_of
from pipelines.spreadsheet import Spreadsheet

OPEN = "b.status not in ('resolved', 'accepted')"
CODES = "select break_code, family from marts.dim_break_codes order by break_code"
_CANDIDATES = """
select break_id, string_agg(distinct candidate_order_id, ', ' order by candidate_order_id)
from marts.fct_match_candidates where break_id is not null group by break_id
"""
_TOTALS = """
select b.currency, count(*), coalesce(sum(b.at_risk_amount) filter (where b.is_primary), 0)
from marts.fct_breaks b where {open} and {where} and b.break_code in ({codes})
group by b.currency order by b.currency nulls last
"""
_ROWS = """
select b.severity, coalesce(c.title, b.break_code), b.period, b.currency, b.at_risk_amount,
    case when b.status = 'accepted' or not b.is_primary then 'no' else 'yes' end, u.company_name, b.explanation,
    b.status, b.owner, b.comment, b.ticket, b.expected_at,
    c.next_step, b.direction, b.invoice_id, b.order_id, b.customer_id, p.product_name, b.product_id, b.sku_id,
    b.entitlement_id, b.expected_amount, b.actual_amount, b.difference_amount, b.expected_quantity,
    b.actual_quantity, b.business_at, b.first_seen_at, b.age_days, b.age_bucket, b.days_open, b.invoice_line_id,
    b.break_code, b.break_id
from marts.fct_breaks b
left join marts.dim_break_codes c on b.break_code = c.break_code
left join marts.dim_customers u on b.customer_id = u.customer_id
left join marts.dim_products p on b.product_id = p.product_id
where b.status <> 'resolved' and {where} and b.break_code in ({codes})
order by nullif(list_position(['critical', 'high', 'medium', 'low'], b.severity), 0) nulls last,
    b.is_primary desc, b.currency nulls last,
    b.at_risk_amount desc nulls last, b.break_code, b.break_id
"""
_NOTES_AT = 8


def write_breaks(book: Spreadsheet, source: Source) -> None:
    """The sheets of all themes, also of those where nothing is open."""
    candidates = {str(row[0]): str(row[1]) for row in source.all(_CANDIDATES)}
    for theme, codes in sheets_of(source.all(CODES)).items():
        _write_theme(book, source, theme, codes, candidates)


def _write_theme(
    book: Spreadsheet, source: Source, theme: Theme, codes: list[str], candidates: Mapping[str, str]
) -> None:
    asked = {"where": source.where("b.period"), "codes": ", ".join(f"'{code}'" for code in codes) or "null"}
    totals = source.all(_TOTALS.format(open=OPEN, **asked))
    lists: dict[int, str] = {}
    rows = _rows(source, source.stream(_ROWS.format(**asked)), candidates, lists)
    table = Table(
        theme.sheet,
        theme.question,
        _caption(source, totals),
        _columns(source.is_enquiry),
        rows,
        frozen=2,
        on_paper=11,
        tab=TAB_BREAKS,
        nothing="no break of this kind",
    )
    parts = write_table(book, table)
    for number, part in enumerate(parts):
        offer_choices(part, _NOTES_AT, lists if number == 0 else {})
    _write_totals(book, parts[-1], totals)


def _columns(is_enquiry: bool) -> tuple[Column, ...]:
    return (
        Column("Severity", 9, by_value=SEVERITY_LOOKS),
        Column("Break", NAME, is_wrapped=True),
        Column("Month", COUNT),
        Column("Currency", COUNT),
        Column("At risk", AMOUNT, "money", currency=3),
        Column("In totals", COUNT),
        Column("Customer", 20, is_wrapped=True),
        Column("What was found", SENTENCE, is_wrapped=True),
        Column("Status", 13, is_note=True),
        Column("Owner", 12, is_note=True),
        Column("Comment", 30, is_note=True, is_wrapped=True),
        Column("Ticket", 12, is_note=True),
        Column("Expected at", DAY, "day", is_note=True),
        Column("Accept order ID", LONG_ID, is_note=True),
        Column("Orders that may be accepted", LONG_ID, is_wrapped=True),
        Column("Next step", SENTENCE, is_wrapped=True),
        Column("Direction", CODE),
        Column("Invoice ID", ID),
        Column("Order ID", LONG_ID),
        Column("Customer ID", LONG_ID),
        Column("Product", NAME, is_wrapped=True),
        Column("Product ID", ID),
        Column("SKU ID", COUNT),
        Column("Entitlement ID", LONG_ID),
        Column("Expected amount", AMOUNT, "money", currency=3),
        Column("Actual amount", AMOUNT, "money", currency=3),
        Column("Difference", AMOUNT, "money", currency=3),
        Column("Expected quantity", CODE, "number"),
        Column("Actual quantity", CODE, "number"),
        Column("Invoiced or due (UTC)", MOMENT, "moment"),
        Column("First seen (UTC)", MOMENT, "moment"),
        Column("Age in days", COUNT, "count"),
        Column("Age", COUNT),
        Column("Days open", COUNT, "count"),
        Column("Invoice line ID", LONG_ID),
        Column("Break code", NAME),
        # What was known at an earlier moment is nothing to note about today.
        Column("Break (enquiry)" if is_enquiry else "Break ID", LONG_ID),
        Column("Note mark", CODE, is_hidden=True),
    )


def _rows(
    source: Source, found: Iterator[Values], candidates: Mapping[str, str], lists: dict[int, str]
) -> Iterator[Values]:
    """The rows with the newest notes; `lists` is filled with the orders that a row may accept, by its number."""
    for number, values in enumerate(found):
        before, status, after = values[:_NOTES_AT], values[_NOTES_AT], values[_NOTES_AT + 5 :]
        note = dict(zip(NOTES, (*values[_NOTES_AT : _NOTES_AT + 5], None), strict=True))
        known = source.notes.get(values[-1])
        if known is not None:
            # The published status says what came of older notes: a break may have opened again since.
            said = known["status"] if known["generation"] == source.generation else status
            note = {name: known[name] for name in NOTES} | {"status": said}
        orders = candidates.get(values[-1])
        if orders and may_be_listed(orders, len(lists)):
            lists[number] = orders
        yield (*before, *note.values(), orders, *after, note_mark(note))


def _caption(source: Source, totals: list[tuple[Any, ...]]) -> str:
    open_ones = [
        f"{currency or 'no currency'} {count:,} ({amount_text(amount, source.digits.get(currency, 2))} at risk)"
        for currency, count, amount in totals
    ]
    return f"Open: {'; '.join(open_ones)}" if open_ones else "Nothing is open."


def _write_totals(book: Spreadsheet, part: Part, totals: list[tuple[Any, ...]]) -> None:
    """Below the rows: open breaks and what is at risk, currency by currency."""
    row = part.end + 1
    for currency, count, amount in totals:
        book.write(part.sheet, row, 0, "Open", look="total")
        book.write(part.sheet, row, 1, count, "count", look="total")
        book.write(part.sheet, row, 2, None, look="total")
        book.write(part.sheet, row, 3, currency or "none", look="total")
        book.write(part.sheet, row, 4, amount, "money", currency, look="total")
        row += 1
