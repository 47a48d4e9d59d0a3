"""Which lines of a document are gone or new since the reading that it is compared with.

Source:   fct_restated_lines; the lines that are gone lie in the landing, in a reading that counts no more.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from pipelines.reports.explanation.item_text import minute
from pipelines.reports.explanation.lines import LINES_SHOWN
from pipelines.reports.explanation.origins import landed_page
from pipelines.reports.rows import Row, rows
from pipelines.reports.statement import amount_text

# What a line was stands above what it is, the dearest first.
_LINES = """
select l.*, coalesce(c.minor_digits, 2) as digits
from marts.fct_restated_lines l left join seeds.currencies c on c.currency = l.currency
where l.invoice_id = ?
order by max(abs(l.total)) over (partition by l.customer_id, l.order_id, l.product_id, l.sku_id) desc,
    l.customer_id, l.order_id, l.product_id, l.sku_id, l.change desc, l.partition_id, l.page, l.item
"""
_COUNT = "select count(*) as n from marts.fct_restated_lines where invoice_id = ?"


def restated_lines(connection: duckdb.DuckDBPyConnection, invoice_id: str) -> list[Row]:
    """Every line that is gone from a document or new on it, the dearest first."""
    return rows(connection, _LINES, [invoice_id])


def restatement_of(connection: duckdb.DuckDBPyConnection, found: Row) -> Row | None:
    """The lines that make a document another one than it was; None for other breaks, and where only the total moved.

    Shape:   at most `LINES_SHOWN` in `lines`; `lines_left_out` says how many more there are.
    """
    if found["break_code"] != "closed_invoice_restated":
        return None
    shown = rows(connection, f"{_LINES} limit {LINES_SHOWN}", [found["invoice_id"]])
    if not shown:
        return None
    count = rows(connection, _COUNT, [found["invoice_id"]])[0]["n"]
    about = {name: shown[0][name] for name in ("invoice_id", "is_closed", "reference_at", "changed_at")}
    lines = [{**line, "file": landed_page(line["partition_id"], line["walk_id"], line["page"])} for line in shown]
    return {**about, "lines": lines, "lines_left_out": count - len(shown)}


def restatement_text(story: Row) -> Iterator[str]:
    """Each line as it was or is, with the place of its bytes."""
    count = len(story["lines"]) + story["lines_left_out"]
    then = "the month was closed" if story["is_closed"] else "its lines were first read"
    yield f"lines that changed since {then}, {minute(story['reference_at'])} ({count:,})"
    for line in story["lines"]:
        order = f", order {line['order_id']}" if line["order_id"] else ""
        digits = line["digits"]
        yield (
            f"  {'gone' if line['change'] == 'removed' else 'new':<5}{line['charge_type'] or 'without charge type'}: "
            f"{amount_text(line['quantity'], 0)} × {line['product_id']} {line['sku_id'] or 'without SKU'}, "
            f"{amount_text(line['subtotal'], digits)} + tax {amount_text(line['tax_total'], digits)} = "
            f"{amount_text(line['total'], digits)} {line['currency']}; customer {line['customer_id']}{order}"
        )
        yield f"      bytes: {line['file']}, item {line['item']}"
    if story["lines_left_out"]:
        yield (
            f'  … {story["lines_left_out"]:,} more: recon sql "select * from marts.fct_restated_lines '
            f"where invoice_id = '{story['invoice_id']}'\""
        )
