"""Question: does every document agree with its lines, and every balance with the documents?

Units:    amounts in the currency of their row, as the vendor signs them.
Source:   fct_invoices; fct_balance_rollforward and fct_balances.
Caveats:  documents that do not count (void) are shown and say so; they are in no total.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.reports.page.words import CHARGE_PARTS, OTHER_PARTS
from pipelines.reports.workbook.source import Source
from pipelines.reports.workbook.style import AMOUNT, CODE, COUNT, ID, MOMENT, TAB_PROOF
from pipelines.reports.workbook.table import Column, Table, Values, write_table
from pipelines.spreadsheet import Spreadsheet

PARTS = (*CHARGE_PARTS, *OTHER_PARTS)
_PART_COLUMNS = ", ".join(f"{name}_amount" for name, _, _ in PARTS)
_DOCUMENTS = f"""
select period, currency, invoice_id, document_type, invoice_type,
    case when not is_counted then 'not counted' when unexplained_amount <> 0 then 'differs'
        when line_count = 0 and total_charges <> 0 and amendment_amount = 0 then 'no lines' else 'ties' end,
    total_charges, line_count, lines_total, {_PART_COLUMNS}, paid_amount, open_amount, invoice_at, amends_of,
    statement_total, statement_status
from marts.fct_invoices where {{where}}
order by currency, period desc, invoice_at desc, invoice_id
"""
_STANDINGS = {"ties": "good", "differs": "high", "no lines": "high"}
_MOVEMENTS = """
select currency, invoice_type, opening_at, opening_amount, new_documents_amount, payments_amount, amended_amount,
    voided_amount, remainder_amount, closing_amount, closing_at, open_documents_amount,
    closing_amount - open_documents_amount
from marts.fct_balance_rollforward order by currency, invoice_type, closing_at
"""


def write_tie_out(book: Spreadsheet, source: Source) -> None:
    """Documents to lines, then balances to documents."""
    write_table(book, _documents(source))
    write_table(book, _balances(source))


def _documents(source: Source) -> Table:
    return Table(
        "Tie-out",
        "Does every document agree with its lines?",
        "Total = everything from Matched to Not explained, document by document. Not explained must be zero.",
        (
            Column("Month", COUNT),
            Column("Currency", COUNT),
            Column("Invoice ID", ID),
            Column("Document", 16),
            Column("Business", CODE),
            Column("Tie", CODE, by_value=_STANDINGS),
            Column("Total of the document", AMOUNT, "money", currency=1),
            Column("Lines", COUNT, "count"),
            Column("Sum of its lines", AMOUNT, "money", currency=1),
            *(Column(name, AMOUNT, "money", currency=1) for _, name, _ in PARTS),
            Column("Paid", AMOUNT, "money", currency=1),
            Column("Open", AMOUNT, "money", currency=1),
            Column("Invoiced (UTC)", MOMENT, "moment"),
            Column("Amends", ID),
            Column("Total on the PDF", AMOUNT, "money", currency=1),
            Column("PDF", 16),
        ),
        source.stream(_DOCUMENTS.format(where=source.where())),
        frozen=3,
        on_paper=9 + len(PARTS),
        tab=TAB_PROOF,
        nothing="no document",
    )


def _balances(source: Source) -> Table:
    return Table(
        "Balances",
        "How did each balance move, and do the open documents explain it?",
        "Opening + new documents - payments + amendments + voids + remainder = closing. The first reading has no "
        "opening.",
        (
            Column("Currency", COUNT),
            Column("Business", CODE),
            Column("Opened (UTC)", MOMENT, "moment"),
            *(
                Column(name, AMOUNT, "money", currency=0)
                for name in ("Opening", "New documents", "Payments", "Amendments", "Voids", "Remainder", "Closing")
            ),
            Column("Closed (UTC)", MOMENT, "moment"),
            Column("Open documents", AMOUNT, "money", currency=0),
            Column("Difference", AMOUNT, "money", currency=0),
            Column("Explained", CODE, by_value={"yes": "good", "no": "high"}),
        ),
        _explained(source),
        frozen=2,
        tab=TAB_PROOF,
        nothing="no balance was read",
    )


def _explained(source: Source) -> Iterator[Values]:
    for row in source.stream(_MOVEMENTS):
        yield (*row, None if row[-1] is None else "yes" if row[-1] == 0 else "no")
