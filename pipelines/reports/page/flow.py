"""Where the money of a currency went: from what was billed to what is matched, waiting, broken or not compared.

Source:   fct_invoices, counted documents: its parts add up to the total to the last digit; fct_invoice_lines for
          lines on a document of another currency, which no total has.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import duckdb

from pipelines.reports.page.drawing import Part, parts_of, share_text, total
from pipelines.reports.page.words import CHARGE_PARTS, OTHER_PARTS
from pipelines.reports.rows import Row, rows

_PARTS = (*CHARGE_PARTS, *OTHER_PARTS)
_DOCUMENTS = f"""
select currency, count(*) as documents, coalesce(sum(total_charges), 0) as billed,
    {", ".join(f"coalesce(sum({code}_amount), 0) as {code}" for code, _, _ in _PARTS)}
from marts.fct_invoices
where is_counted and ($1 is null or strftime(invoice_at, '%Y-%m') = $1)
group by currency
order by currency
"""
_FOREIGN_LINES = """
select l.currency, sum(l.total) as amount
from marts.fct_invoice_lines l
inner join marts.fct_invoices i on i.invoice_id = l.invoice_id
where i.is_counted and l.currency <> i.currency and ($1 is null or strftime(i.invoice_at, '%Y-%m') = $1)
group by l.currency
"""
_LETTERS = "ABCDEFGHIJ"


@dataclass(frozen=True)
class Flow:
    """The money of one currency.

    Shape:   `billed_parts` make up what was billed; its one-time charges are taken apart in `charge_parts`, and what
             of them is not plainly matched is drawn again, larger, in `open_parts`.
    Units:   amounts in `currency`.
    """

    currency: str
    documents: int
    billed: Decimal
    charges: Decimal
    charges_share: str
    not_matched: Decimal
    not_matched_share: str
    foreign: Decimal
    billed_parts: list[Part]
    charge_parts: list[Part]
    open_parts: list[Part]

    @property
    def charges_span(self) -> tuple[Decimal, Decimal]:
        """Where the one-time charges stand in what was billed."""
        return _span([part for part in self.billed_parts if part.code == "charges"])

    @property
    def open_span(self) -> tuple[Decimal, Decimal]:
        """Where that which is not plainly matched stands in the one-time charges."""
        return _span([part for part in self.charge_parts if part.code != "matched"])

    @property
    def is_widened(self) -> bool:
        """Whether a part is drawn wider than it is."""
        return any(part.is_widened for part in (*self.billed_parts, *self.charge_parts, *self.open_parts))


def flows(connection: duckdb.DuckDBPyConnection, period: str | None) -> dict[str, Flow]:
    """The flow of every currency that has a document."""
    foreign = {row["currency"]: row["amount"] for row in rows(connection, _FOREIGN_LINES, [period])}
    return {
        row["currency"]: _flow(row, foreign.get(row["currency"], Decimal(0)))
        for row in rows(connection, _DOCUMENTS, [period])
    }


def _flow(row: Row, foreign: Decimal) -> Flow:
    letters = dict(zip((code for code, _, _ in _PARTS), _LETTERS, strict=True))

    def named(of: tuple[tuple[str, str, str], ...]) -> list[tuple[str, str, str, str, Decimal]]:
        return [(code, letters[code], name, meaning, row[code]) for code, name, meaning in of]

    charges = total(row[code] for code, _, _ in CHARGE_PARTS)
    not_matched = total(row[code] for code, _, _ in CHARGE_PARTS if code != "matched")
    billed_parts = parts_of([("charges", "", "One-time charges", "", charges), *named(OTHER_PARTS)])
    return Flow(
        currency=row["currency"],
        documents=row["documents"],
        billed=row["billed"],
        charges=charges,
        charges_share=next((part.share for part in billed_parts if part.code == "charges"), "0.00 %"),
        not_matched=not_matched,
        not_matched_share=share_text(not_matched, charges),
        foreign=foreign,
        billed_parts=billed_parts,
        charge_parts=parts_of(named(CHARGE_PARTS)),
        open_parts=parts_of(named(CHARGE_PARTS[1:])),
    )


def _span(parts: list[Part]) -> tuple[Decimal, Decimal]:
    return (parts[0].start, parts[-1].start + parts[-1].width) if parts else (Decimal(0), Decimal(0))
