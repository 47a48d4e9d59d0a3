"""What the workbook is, what its words mean, and every code that a break may have."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from pipelines.reports.page.words import CHARGE_PARTS, DIRECTIONS, OTHER_PARTS, TERMS
from pipelines.reports.workbook.source import Source
from pipelines.reports.workbook.style import CODE, NAME, SENTENCE, SEVERITY_LOOKS
from pipelines.reports.workbook.table import (
    Column,
    Table,
    Values,
    draw_rules,
    set_up_paper,
    write_row,
    write_table,
    write_title,
)
from pipelines.reports.workbook.themes import theme_of
from pipelines.spreadsheet import DIGITS_IN_A_CELL, Spreadsheet

# Everything that a sheet shows comes from these.
_MARTS = (
    *("fct_reconciliation", "fct_coverage", "fct_invoices", "fct_invoice_lines", "fct_order_items", "fct_breaks"),
    *("fct_balance_rollforward", "fct_refunds", "fct_match_candidates", "dim_customers", "dim_products"),
)
_FINGERPRINT = "select count(*), sum(cast(md5_number_lower(cast(t as text)) as hugeint)) from marts.{mart} t"
_CODES = """
select break_code, title, family, severity, direction, rule_in_words, next_step
from marts.dim_break_codes order by catalogue_order nulls last, break_code
"""
_READING = (
    ("Amounts", "in the currency of their row or column; currencies are never added together."),
    (
        "Exact",
        f"A cell holds {DIGITS_IN_A_CELL} digits. An amount that has more is written as text, to its last digit: it "
        "can be read, and no formula adds it. A cell shows the digits of the currency, and holds all there are.",
    ),
    ("Times", "in UTC. Ids are text, also where they look like numbers."),
    (
        "Yellow columns",
        "are yours: status, owner, comment, ticket, day expected, order accepted. Save the workbook and run "
        "`recon annotate FILE.xlsx`; rows that you did not touch change nothing.",
    ),
    ("In totals", "Of several breaks of one subject one counts, and none that was accepted."),
)


_COLUMNS = (Column("Word", 28), Column("Meaning", 110, is_wrapped=True))


def write_about(book: Spreadsheet, source: Source) -> None:
    """The sheet of names and texts, and the catalogue of breaks."""
    sheet = book.book.add_worksheet("About")
    for number, column in enumerate(_COLUMNS):
        sheet.set_column(number, number, column.width)
    write_title(book, sheet, "About this workbook", "What it was made from, how to read it, and what its words mean.")
    row = 3
    for section, texts in _sections(source):
        book.write(sheet, row, 0, section, look="section")
        book.write(sheet, row, 1, None, look="section")
        row += 1
        for name, text in texts:
            write_row(book, sheet, row, _COLUMNS, (name, text))
            row += 1
        draw_rules(book, sheet, row - len(texts), row - 1, _COLUMNS)
        row += 1
    sheet.freeze_panes(2, 0)
    set_up_paper(sheet, 1, row, repeated=1)
    write_table(book, _catalogue(source))


def _sections(source: Source) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    made_from = [
        ("As of (UTC)", f"{source.as_of:%Y-%m-%d %H:%M:%S}"),
        ("Kind", "an enquiry: what was known then" if source.is_enquiry else "the published result"),
        ("Generation", str(source.generation)),
        ("Month", source.period or "all months that were loaded"),
        ("Hash of the data shown", fingerprint(source)),
        ("Hash of what was loaded", source.input_digest or "not known"),
        ("Made with", source.versions or "not known"),
    ]
    yield "The result", made_from
    yield "How to read it", list(_READING)
    yield "Words", [*TERMS, *((f"Direction: {code}", words) for code, words in DIRECTIONS.items())]
    yield "Where money stands", [(name, words) for _, name, words in (*CHARGE_PARTS, *OTHER_PARTS)]


def fingerprint(source: Source) -> str:
    """A hash of the rows of the marts, whatever their order: the same data has the same one."""
    parts = [f"{mart} {source.all(_FINGERPRINT.format(mart=mart))[0]}" for mart in _MARTS]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _catalogue(source: Source) -> Table:
    return Table(
        "Break codes",
        "What may be found, by which rule, and what to do then",
        "The severity is the least one; large amounts raise it.",
        (
            Column("Break code", 30),
            Column("Title", NAME, is_wrapped=True),
            Column("Sheet", 22),
            Column("Severity", CODE, by_value=SEVERITY_LOOKS),
            Column("Direction", CODE),
            Column("Rule", SENTENCE, is_wrapped=True),
            Column("Next step", SENTENCE, is_wrapped=True),
        ),
        _codes(source),
        nothing="no catalogue",
    )


def _codes(source: Source) -> Iterator[Values]:
    for code, title, family, *rest in source.all(_CODES):
        yield (code, title, theme_of(code, family).sheet, *rest)
