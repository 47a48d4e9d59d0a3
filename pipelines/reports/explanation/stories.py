"""What belongs together about a break, an order, an invoice or a line: everything that its explanation tells.

Shape:   nested rows with the names of the marts; amounts stay `Decimal`, times naive UTC.
"""

from __future__ import annotations

import duckdb

from pipelines.reports.explanation.breaks import explained_by_others, history_of, keys_of, open_breaks_where
from pipelines.reports.explanation.items import candidates_of, items_where
from pipelines.reports.explanation.lines import LINES_SHOWN, lines_where, with_wire
from pipelines.reports.explanation.origins import document_origin
from pipelines.reports.explanation.restatements import restatement_of
from pipelines.reports.explanation.subjects import balance_of, entitlement_of
from pipelines.reports.rows import Row, first_row

_DOCUMENT = """
select i.*, coalesce(c.minor_digits, 2) as digits
from marts.fct_invoices i left join seeds.currencies c on c.currency = i.currency
where i.invoice_id = ?
"""
_PARTS = (
    *("matched", "matched_with_break", "suggested", "timing", "unmatched", "not_compared", "out_of_scope"),
    *("amendment", "rounding", "unexplained"),
)
_OF_ORDER = """
coalesce(l.matched_order_id, l.order_id, l.alternate_id) = ? and l.product_id is not distinct from ?
and l.sku_id is not distinct from ? and l.line_class = 'one_time'
"""
_CUSTOMER = (
    "select customer_id, max(company_name) as company_name from marts.dim_customers where customer_id = ? group by 1"
)
_NO_LINES: tuple[list[Row], int] = ([], 0)


def break_story(connection: duckdb.DuckDBPyConnection, found: Row) -> Row:
    """A break, or one that another speaks for, with its order item, charges, candidates, relatives and history."""
    break_id = found["break_id"]
    keys = keys_of(connection, break_id)
    lines, more = _lines_of_break(connection, found, keys)
    items = _items_of_break(connection, found, keys)
    others = [one for one in _relatives(connection, found, lines) if one["break_id"] != break_id]
    return {
        "kind": "break" if "suppressed_by" not in found else "explained_break",
        "break": {name: value for name, value in found.items() if name != "digits"},
        "digits": found["digits"],
        "items": items,
        "lines": lines,
        "lines_left_out": more,
        "customer": first_row(connection, _CUSTOMER, [found["customer_id"]]),
        "document": document(connection, found["invoice_id"]) if found["grain"] == "document" else None,
        "entitlement": entitlement_of(connection, found),
        "balance": balance_of(connection, found),
        "restatement": restatement_of(connection, found),
        "candidates": candidates_of(connection, break_id),
        "related": others,
        "speaks_for": explained_by_others(connection, "s.suppressed_by_break_id = ?", [break_id]),
        "history": history_of(connection, break_id),
        "next_step": found["next_step"],
    }


def order_story(connection: duckdb.DuckDBPyConnection, order_id: str, part: str | None) -> Row:
    """An order (or its items of one product, or product and SKU): each item, its charges, its breaks."""
    product, _, sku = (part or "").replace("/", ":").partition(":")
    wanted = "{0}.order_id = ? and (? = '' or {0}.product_id = ?) and (? = '' or {0}.sku_id = ?)"
    values = [order_id, product, product, sku, sku]
    items = items_where(connection, wanted.format("f"), values)
    charged = wanted.format("l").replace("l.order_id", "coalesce(l.matched_order_id, l.order_id, l.alternate_id)")
    lines, more = lines_where(connection, f"{charged} and l.line_class <> 'daily_usage'", values)
    return {
        "kind": "order",
        "order_id": order_id,
        "items": items,
        "lines": lines,
        "lines_left_out": more,
        "breaks": open_breaks_where(connection, wanted.format("b"), values),
        "explained": explained_by_others(connection, wanted.format("f"), values),
    }


def line_story(connection: duckdb.DuckDBPyConnection, line: Row) -> Row:
    """A billed line as sent, with its order item, its breaks and the orders that could explain it."""
    group = (
        "b.invoice_line_id = ? or b.break_id in (select break_id from intermediate.int_breaks_found "
        "where invoice_line_id is null and (charge_group_id = ? or order_item_id = ?))"
    )
    breaks = open_breaks_where(
        connection, group, [line["invoice_line_id"], line["charge_group_id"], line["order_item_id"]]
    )
    explained = (
        "f.invoice_line_id = ? or f.invoice_line_id is null and (f.charge_group_id = ? or f.order_item_id = ?)"
    )
    keys = [line["invoice_line_id"], line["charge_group_id"], line["order_item_id"]]
    return {
        "kind": "line",
        "line": with_wire(connection, line),
        "items": items_where(connection, "f.order_item_id = ?", [line["order_item_id"]]),
        "candidates": [one for found in breaks for one in candidates_of(connection, found["break_id"])],
        "breaks": breaks,
        "explained": explained_by_others(connection, explained, keys),
    }


def invoice_story(connection: duckdb.DuckDBPyConnection, invoice_id: str) -> Row:
    """A document: its total as a sum of parts, its breaks, and its lines, those not proven first."""
    # Daily usage may be a million rows and is no part of the total.
    lines, more = lines_where(
        connection,
        "l.invoice_id = ? and l.line_class <> 'daily_usage'",
        [invoice_id],
        order="l.bucket desc, abs(l.total) desc, l.invoice_line_id",
    )
    return {
        "kind": "invoice",
        "document": document(connection, invoice_id),
        "breaks": open_breaks_where(connection, "b.invoice_id = ?", [invoice_id]),
        "explained": explained_by_others(connection, "f.invoice_id = ?", [invoice_id]),
        "lines": lines,
        "lines_left_out": more,
    }


def document(connection: duckdb.DuckDBPyConnection, invoice_id: str | None) -> Row | None:
    """A document with the parts of its total that are not 0."""
    found = first_row(connection, _DOCUMENT, [invoice_id]) if invoice_id else None
    if found is None:
        return None
    return {
        **found,
        "origin": document_origin(connection, found["invoice_id"]),
        "parts": {part: found[f"{part}_amount"] for part in _PARTS if found[f"{part}_amount"]},
    }


def _lines_of_break(connection: duckdb.DuckDBPyConnection, found: Row, keys: Row) -> tuple[list[Row], int]:
    if found["grain"] == "line":
        # Its equals stand beside it: of a line counted twice both are needed.
        return lines_where(
            connection,
            "l.invoice_line_id = ? or (l.line_class = 'one_time' and l.order_item_id is not null "
            "and l.order_item_id = (select order_item_id from marts.fct_invoice_lines where invoice_line_id = ?))",
            [found["invoice_line_id"]] * 2,
        )
    if keys["charge_group_id"]:
        return lines_where(connection, "l.charge_group_id = ?", [keys["charge_group_id"]])
    if keys["order_item_id"]:
        return lines_where(connection, "l.order_item_id = ?", [keys["order_item_id"]])
    if found["order_id"]:
        return lines_where(connection, _OF_ORDER, [found["order_id"], found["product_id"], found["sku_id"]])
    return _NO_LINES


def _items_of_break(connection: duckdb.DuckDBPyConnection, found: Row, keys: Row) -> list[Row]:
    if keys["order_item_id"]:
        return items_where(connection, "f.order_item_id = ?", [keys["order_item_id"]])
    if found["order_id"]:
        condition = "f.order_id = ? and (f.product_id = ? or ? is null) and (f.sku_id = ? or ? is null)"
        product, sku = found["product_id"], found["sku_id"]
        items = items_where(connection, condition, [found["order_id"], product, product, sku, sku])
        # The order is known, and the item is not on it: its other items say what is.
        return items or items_where(connection, "f.order_id = ?", [found["order_id"]])
    return []


def _relatives(connection: duckdb.DuckDBPyConnection, found: Row, lines: list[Row]) -> list[Row]:
    """Other open breaks of the same order item or lines; of a document those of the same document."""
    ids = [line["invoice_line_id"] for line in lines]
    marks = ", ".join("?" for _ in ids) or "null"
    relatives = open_breaks_where(
        connection,
        f"b.invoice_line_id in ({marks}) or (b.order_id = ? and b.product_id is not distinct from ? "
        "and b.sku_id is not distinct from ?) or (? and b.invoice_id = ? and b.grain in ('document', 'line'))",
        [
            *ids,
            *(found["order_id"], found["product_id"], found["sku_id"]),
            *(found["grain"] == "document", found["invoice_id"]),
        ],
    )
    return relatives[:LINES_SHOWN]
