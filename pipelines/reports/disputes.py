"""Question: what do we ask the vendor to correct, and with what evidence?

Shape:    one dispute per open primary break that asks too much of us and per other line of its subject with the same
          fault, or per break that is named; lines that are charged more than once are one dispute.
Units:    amounts in the currency of the break.
Source:   fct_breaks with the order items, lines and documents that `recon explain` shows; names from the dims.
Caveats:  what was accepted, resolved, or is in our favour is nothing to dispute.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import duckdb

from pipelines.errors import UsageError
from pipelines.money import add_exactly, subtract_exactly
from pipelines.reports.dispute_evidence import Evidence, evidence_of
from pipelines.reports.explanation.breaks import named_breaks, open_breaks_where
from pipelines.reports.explanation.stories import break_story
from pipelines.reports.rows import Row, first_row

# What gives money back asks for none, whatever is wrong with it. Lines beside a primary one have money of their own.
_TO_DISPUTE = """
b.direction = 'over' and b.status <> 'accepted' and coalesce(b.difference_amount, 0) >= 0
and (b.is_primary or b.grain = 'line' and exists (
    select 1 from marts.fct_breaks p
    where p.is_primary and p.direction = 'over' and p.status not in ('resolved', 'accepted')
        and p.break_code = b.break_code and p.subject_key = b.subject_key
))
"""
_EQUAL_LINES = ("duplicate_in_invoice", "duplicate_across_invoices")
_NAMES = """
select
    (select max(company_name) from marts.dim_customers where customer_id = $customer_id) as customer_name,
    (select max(sku_name) from marts.dim_skus where product_id = $product_id and sku_id = $sku_id) as sku_name,
    (select max(product_name) from marts.dim_products where product_id = $product_id) as product_name
"""


@dataclass(frozen=True)
class Dispute:
    """One break as the vendor is told of it: what is known (`story`), names for its ids, and the evidence.

    Shape:   `is_counted` says whether its money belongs to the sums, or a greater break of the subject has it.
    """

    reference: str
    story: Row
    names: Row
    evidence: tuple[Evidence, ...]
    is_counted: bool

    @property
    def found(self) -> Row:
        """The break."""
        row: Row = self.story["break"]
        return row


def disputes(connection: duckdb.DuckDBPyConnection, break_ids: Sequence[str] = ()) -> list[Dispute]:
    """What to dispute: the named breaks, else every open primary one that asks too much of us.

    Errors:  UsageError names every break that cannot be disputed, and why; then there is no dispute at all.
    """
    if break_ids:
        found, refused = [], []
        for name in dict.fromkeys(break_ids):
            row, problem = _named(connection, name)
            if row is None:
                refused.append(f"  {problem}")
            elif row not in found:
                found.append(row)
        if refused:
            raise UsageError("nothing was written:\n" + "\n".join(refused))
        return [_dispute(connection, row, is_counted=row["is_primary"]) for row in sorted(found, key=_place)]
    found = _equal_lines_as_one(connection, open_breaks_where(connection, _TO_DISPUTE, []))
    return [_dispute(connection, row, is_counted=True) for row in sorted(found, key=_place)]


def _equal_lines_as_one(connection: duckdb.DuckDBPyConnection, found: list[Row]) -> list[Row]:
    """Lines that are charged more than once say the same: the primary one asks for as many as are too many."""
    rest: list[Row] = []
    beside: dict[tuple[str, str], list[Row]] = {}
    for row in found:
        if row["break_code"] in _EQUAL_LINES and not row["is_primary"]:
            beside.setdefault((row["break_code"], row["subject_key"]), []).append(row)
        else:
            rest.append(row)
    return [_with_equals(connection, row, beside.get((row["break_code"], row["subject_key"]), [])) for row in rest]


def _with_equals(connection: duckdb.DuckDBPyConnection, row: Row, beside: list[Row]) -> Row:
    amount, surplus = row["at_risk_amount"], row["actual_quantity"]
    if not beside or amount is None or surplus is None:
        return row
    surplus = subtract_exactly(surplus, row["expected_quantity"] or Decimal(0))
    for one in [row, *beside]:
        line = first_row(
            connection,
            "select signed_quantity from marts.fct_invoice_lines where invoice_line_id = ?",
            [one["invoice_line_id"]],
        )
        if surplus <= 0 or line is None or line["signed_quantity"] is None or one["currency"] != row["currency"]:
            break
        amount = amount if one is row else add_exactly(amount, one["at_risk_amount"] or Decimal(0))
        surplus = subtract_exactly(surplus, line["signed_quantity"].copy_abs())
    return row | {"at_risk_amount": amount}


def _named(connection: duckdb.DuckDBPyConnection, name: str) -> tuple[Row | None, str]:
    found = named_breaks(connection, name.strip())
    if not found:
        return None, (
            f"no break is called `{name}`; they are in "
            "`recon sql \"select break_id, explanation from marts.fct_breaks where status <> 'resolved'\"`"
        )
    if len(found) > 1:
        return None, f"{len(found)} breaks begin with `{name}`; give more of the id"
    row = found[0]
    if "suppressed_by" in row:
        return None, (
            f"{name} has the same cause as {row['suppressed_by']} ({row['suppressed_by_break_id']}), "
            "which speaks for it; dispute that one"
        )
    if row["status"] == "resolved":
        return None, f"{name} was resolved on {row['resolved_at']:%Y-%m-%d}; there is nothing left to dispute"
    if row["status"] == "accepted":
        who = f" by {row['annotated_by']}" if row["annotated_by"] else ""
        return None, f"{name} was accepted{who}; note another status with `recon annotate` first"
    if row["direction"] == "under" or (row["direction"] == "over" and (row["difference_amount"] or 0) < 0):
        return None, f"{name} is in our favour ({row['explanation']}); there is nothing to ask for"
    return row, ""


def _dispute(connection: duckdb.DuckDBPyConnection, row: Row, *, is_counted: bool) -> Dispute:
    story = break_story(connection, row)
    about = {name: row[name] for name in ("customer_id", "product_id", "sku_id")}
    cursor = connection.execute(_NAMES, about)
    names = dict(zip(("customer_name", "sku_name", "product_name"), cursor.fetchone() or (), strict=True))
    reference = row["ticket"] or row["break_id"][:12]
    invoice = row["invoice_id"] or next((line["invoice_id"] for line in reversed(story["lines"])), None)
    issued = first_row(connection, "select invoice_at from marts.fct_invoices where invoice_id = ?", [invoice])
    names |= {"invoice_id": invoice, "invoice_at": issued["invoice_at"] if issued else None}
    return Dispute(reference, story, names, tuple(evidence_of(connection, story)), is_counted)


def _place(row: Row) -> tuple[str, str, str]:
    return row["currency"] or "", row["break_code"], row["break_id"]
