"""What is known of billed lines: the class, the bucket, the pass that tied each to an order, and its bytes.

Source:   fct_invoice_lines, and the landing position of each.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from pipelines.reports.explanation.origins import as_sent, line_origin
from pipelines.reports.rows import Row, rows

LINES_SHOWN = 25
_LINES = """
select l.*, coalesce(c.minor_digits, 2) as digits
from marts.fct_invoice_lines l left join seeds.currencies c on c.currency = l.currency
"""
_COUNT = "select count(*) as n from marts.fct_invoice_lines l"
_PROOFS = """
select proof, formula, inputs, expected_amount, actual_amount, difference_amount, within_tolerance, not_proven_reason
from marts.fct_line_proofs where invoice_line_id = ? order by proof
"""
# In words, for those who have not read the rules.
PASSES = {
    "1_order_id": "the customer's order with that id has the product and SKU",
    "2_alternate_id": "the customer's order with that alternate id has the product and SKU",
    "3_reservation": "the reservation belongs to an entitlement of that order",
    "4_other_customer": "the order with that id is another customer's",
    "5_confirmed": "an analyst confirmed the suggested order",
}
_CLASSES = {
    "one_time": "a one-time charge",
    "recurring": "a subscription; only one-time charges are reconciled",
    "usage": "metered usage; only one-time charges are reconciled",
    "adjustment": "a credit or adjustment; it bills no order",
    "license": "a licence of the former platform; it leads to no order",
    "legacy_usage": "usage of the former platform; it leads to no order",
    "daily_usage": "a day of usage; it explains other lines and is no part of a total",
}


def lines_where(
    connection: duckdb.DuckDBPyConnection,
    condition: str,
    values: Sequence[object],
    order: str = "l.invoice_at, l.invoice_id, l.invoice_line_id",
) -> tuple[list[Row], int]:
    """The first lines that fulfil a condition on `l` (fct_invoice_lines), and how many more there are."""
    found = rows(connection, f"{_LINES} where {condition} order by {order} limit {LINES_SHOWN}", values)
    count = len(found)
    if count == LINES_SHOWN:
        count = int(rows(connection, f"{_COUNT} where {condition}", values)[0]["n"])
    return [_story(connection, line) for line in found], count - len(found)


def with_wire(connection: duckdb.DuckDBPyConnection, line: Row) -> Row:
    """The same line with its proofs and what the API sent."""
    proofs = rows(connection, _PROOFS, [line["invoice_line_id"]])
    return {**line, "proofs": proofs, "as_sent": as_sent(connection, line["origin"]) if line["origin"] else {}}


def _story(connection: duckdb.DuckDBPyConnection, line: Row) -> Row:
    return {
        **line,
        "class_reason": _CLASSES.get(line["line_class"]),
        "pass_reason": _pass_reason(line),
        "origin": line_origin(connection, line),
    }


def _pass_reason(line: Row) -> str | None:
    if line["match_pass"]:
        return PASSES.get(line["match_pass"])
    if line["line_class"] != "one_time":
        return None
    if line["suggested_order_id"]:
        return f"no pass confirmed an order; {line['suggested_order_id']} is suggested"
    return "no pass found an order item"
