"""Question: why is this number what it is?

Shape:    for a break, an order, an invoice or a line: the walk from the bytes that the API sent to the verdict, as
          lines of text or as plain values.
Source:   the published database: its marts, the order states, the log of breaks, the landing positions.
Caveats:  nothing is computed anew here; of an invoice and of an order the first lines are shown.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from pipelines.errors import UsageError
from pipelines.reports.explanation.breaks import named_breaks
from pipelines.reports.explanation.lines import lines_where
from pipelines.reports.explanation.stories import break_story, document, invoice_story, line_story, order_story
from pipelines.reports.explanation.text import told
from pipelines.reports.rows import Row, plain, rows

_SHORTEST = 6
# An order by its id, in its own case, or by its alternate id; also one that only charges name.
_ORDERS = """
select distinct order_id from marts.fct_order_lines where order_id = $name
union
select distinct order_id from marts.fct_order_items where order_id = $name or lower(alternate_id) = lower($name)
order by 1
"""
_ORDER_OF_CHARGES = """
select 1 as n from marts.fct_invoice_lines where coalesce(matched_order_id, order_id, alternate_id) = ? limit 1
"""
_LOOK = (
    'look among `recon sql "select break_id, explanation from marts.fct_breaks"` and '
    '`recon sql "select order_id, product_id from marts.fct_order_items"`'
)


def explain(connection: duckdb.DuckDBPyConnection, subject: str, part: str | None = None) -> Iterator[str]:
    """The walk from a verdict to its evidence, as lines of text.

    Shape:   `subject` is a break, invoice, order or line; `part` a line of the invoice, or a product of the order.
    Errors:  UsageError when nothing has that id, or several have.
    """
    for story in stories(connection, subject, part):
        yield from told(story)


def explained(connection: duckdb.DuckDBPyConnection, subject: str, part: str | None = None) -> Row:
    """The same for programs; amounts are text, times ISO 8601.

    Errors:  as `explain`.
    """
    found = stories(connection, subject, part)
    about = rows(connection, "select generation, as_of from recon_meta.build_info")[0]
    facts: Row = plain({**about, "subject": subject, "part": part, "explanations": found})
    return facts


def stories(connection: duckdb.DuckDBPyConnection, subject: str, part: str | None) -> list[Row]:
    """All that is known of what the id names: a break, else an invoice, an order, a line.

    Errors:  as `explain`.
    """
    subject, part = subject.strip(), part.strip() if part else None
    breaks = named_breaks(connection, subject)
    if len(breaks) > 1:
        raise UsageError(f"{len(breaks)} breaks begin with `{subject}`; give more of the id")
    if breaks:
        return [break_story(connection, breaks[0])]
    if document(connection, subject) is not None:
        return [invoice_story(connection, subject)] if part is None else _lines(connection, part, subject)
    orders = [row[0] for row in connection.execute(_ORDERS, {"name": subject}).fetchall()]
    if not orders and rows(connection, _ORDER_OF_CHARGES, [subject]):
        orders = [subject]
    if orders:
        return _orders(connection, orders, part)
    return _lines(connection, part or subject, None)


def _orders(connection: duckdb.DuckDBPyConnection, orders: list[str], part: str | None) -> list[Row]:
    found = [order_story(connection, order_id, part) for order_id in orders]
    if part and not any(story["items"] or story["lines"] for story in found):
        named = ", ".join(orders)
        raise UsageError(
            f"order {named} has no item `{part}`; `recon explain {orders[0]}` shows its items; "
            "write a product, or product:SKU"
        )
    return found


def _lines(connection: duckdb.DuckDBPyConnection, name: str, invoice_id: str | None) -> list[Row]:
    found, more = lines_where(
        connection,
        "(l.invoice_line_id = ? or (length(?) >= ? and starts_with(l.invoice_line_id, ?))) "
        "and (? is null or l.invoice_id = ?)",
        [name, name, _SHORTEST, name, invoice_id, invoice_id],
    )
    if not found and invoice_id:
        raise UsageError(
            f"invoice {invoice_id} has no line `{name}`; `recon explain {invoice_id}` shows its lines, and "
            f"`recon sql \"select * from marts.fct_invoice_lines where invoice_id = '{invoice_id}'\"` all"
        )
    if not found:
        short = (
            f"; of a break's or a line's id write at least {_SHORTEST} characters" if len(name) < _SHORTEST else ""
        )
        raise UsageError(f"no break, invoice, order or line is called `{name}`{short}; {_LOOK}")
    if len(found) + more > 1:
        equal = {line["invoice_line_id"].rsplit("-", 1)[0] for line in found}
        if len(equal) > 1 or more:
            raise UsageError(f"{len(found) + more} lines begin with `{name}`; give more of the id")
    return [line_story(connection, line) for line in found]
