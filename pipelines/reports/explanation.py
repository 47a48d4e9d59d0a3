"""Question: why is this number what it is?

Shape:    for a break: its sentence, the rule, the numbers, the order, its charges and what was received, the
          next step; for an invoice: its buckets and lines; for a line: its pass and where its bytes lie.
Source:   the published marts; the landing position from intermediate.int_line_identities and the load ledger.
Caveats:  candidates of a suggested match are shown as counted; nothing here is computed anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import duckdb

from pipelines.errors import UsageError
from pipelines.reports.statement import amount_text

_BREAK = """
select b.*, d.title, d.rule_in_words, d.next_step, coalesce(c.minor_digits, 2) as digits
from marts.fct_breaks b
left join marts.dim_break_codes d on d.break_code = b.break_code
left join seeds.currencies c on c.currency = b.currency
where b.break_id = ? or (length(?) >= 6 and b.break_id like ? || '%')
"""
_LINES = """
select l.*, i._page as page, i._position as position, g.partition_id, g.walk_id,
    coalesce(c.minor_digits, 2) as digits
from marts.fct_invoice_lines l
left join intermediate.int_line_identities i on i.invoice_line_id = l.invoice_line_id
left join partner_center_raw.load_ledger g on g.partition_id = i._partition
left join seeds.currencies c on c.currency = l.currency
"""
_ITEM = """
select * from marts.fct_order_items
where order_id = ? and product_id is not distinct from ? and sku_id is not distinct from ?
"""
_ORDER_LINES = """
select o.*, coalesce(c.minor_digits, 2) as digits
from marts.fct_order_lines o left join seeds.currencies c on c.currency = o.currency
where o.order_id = ? order by o.order_line_number
"""
_ENTITLEMENTS = "select * from marts.fct_entitlements where order_id = ? and parent_entitlement_id is null"
_INVOICE = """
select i.*, coalesce(c.minor_digits, 2) as digits
from marts.fct_invoices i left join seeds.currencies c on c.currency = i.currency
where i.invoice_id = ?
"""
_LINES_SHOWN = 25

Row = dict[str, Any]


def explain(connection: duckdb.DuckDBPyConnection, subject: str, line: str | None = None) -> Iterator[str]:
    """The walk from a verdict to its evidence, as lines of text.

    Errors:  UsageError when nothing has that id.
    """
    subject = subject.strip()
    breaks = _rows(connection, _BREAK, [subject, subject, subject])
    if len(breaks) > 1:
        raise UsageError(f"{len(breaks)} breaks begin with `{subject}`; give more of the id")
    if breaks:
        yield from _explain_break(connection, breaks[0])
        return
    invoices = _rows(connection, _INVOICE, [subject])
    if invoices and line is None:
        yield from _explain_invoice(connection, invoices[0])
        return
    wanted = line or subject
    lines = _rows(
        connection,
        f"{_LINES} where l.invoice_line_id = ? or (length(?) >= 6 and l.invoice_line_id like ? || '%')",
        [wanted, wanted, wanted],
    )
    if not lines:
        raise UsageError(
            f"no break, invoice or line is called `{wanted}`; list them with: "
            'recon sql "select break_id, explanation from marts.fct_breaks"'
        )
    for one in lines[:_LINES_SHOWN]:
        yield from _line_text(one)
        yield from _breaks_of(connection, "invoice_line_id = ?", [one["invoice_line_id"]])


def _explain_break(connection: duckdb.DuckDBPyConnection, found: Row) -> Iterator[str]:
    digits = found["digits"]
    yield f"{found['break_code']} · {found['title']} · {found['status']}, {found['severity']}"
    yield f"  {found['explanation']}"
    yield f"  rule: {found['rule_in_words']}"
    at_risk = amount_text(found["at_risk_amount"], digits)
    yield (
        f"  at risk: {at_risk} {found['currency'] or ''} ({found['direction']}); "
        f"{'counted in totals' if found['is_primary'] else 'shown beside a greater break of the same subject'}"
    )
    for name in ("expected_amount", "actual_amount", "difference_amount"):
        if found[name] is not None:
            yield f"  {name.replace('_', ' ')}: {amount_text(found[name], digits)}"
    for name in ("expected_quantity", "actual_quantity"):
        if found[name] is not None:
            yield f"  {name.replace('_', ' ')}: {amount_text(found[name], 0)}"
    yield (
        f"  since {_minute(found['business_at'])}, {found['age_days']} days; "
        f"first seen {_minute(found['first_seen_at'])}"
        + (f"; resolved {_minute(found['resolved_at'])}" if found["resolved_at"] else "")
    )
    if found["order_id"]:
        yield from _order_text(connection, found)
    lines = _lines_of(connection, found)
    if lines:
        yield f"  charges ({len(lines)}):"
        for one in lines[:_LINES_SHOWN]:
            mark = ">" if one["invoice_line_id"] == found["invoice_line_id"] else " "
            yield from (f"{mark} {text}" for text in _line_text(one))
    if found["invoice_id"] and not lines:
        yield from _document_text(connection, found["invoice_id"])
    yield f"  next step: {found['next_step']}"


def _order_text(connection: duckdb.DuckDBPyConnection, found: Row) -> Iterator[str]:
    items = _rows(connection, _ITEM, [found["order_id"], found["product_id"], found["sku_id"]])
    for item in items:
        yield (
            f"  order {item['order_id']} ({item['order_status']}, {_minute(item['created_at'])}): expected quantity "
            f"{amount_text(item['expected_quantity'], 0)}, charged {amount_text(item['charged_quantity'], 0)}, "
            f"received {amount_text(item['entitled_quantity'], 0)}; {item['reconciliation_status']}"
            + (f", {item['timing_code']} until {_minute(item['timing_due_at'])}" if item["timing_code"] else "")
        )
    order_lines = _rows(connection, _ORDER_LINES, [found["order_id"]])
    for line in order_lines[:_LINES_SHOWN]:
        yield (
            f"    line {line['order_line_number']}: {line['product_id']} {line['sku_id']} × "
            f"{amount_text(line['quantity'], 0)}, {amount_text(line['extended_amount'], line['digits'])} "
            f"{line['currency'] or ''}"
        )
    if not items and not order_lines:
        yield f"  order {found['order_id']}: no such order was read"
    for one in _rows(connection, _ENTITLEMENTS, [found["order_id"]])[:_LINES_SHOWN]:
        yield (
            f"    received: {one['product_id']} {one['sku_id']} × {amount_text(one['quantity'], 0)} "
            f"({one['entitlement_type']})"
        )


def _lines_of(connection: duckdb.DuckDBPyConnection, found: Row) -> list[Row]:
    if found["invoice_line_id"] and not found["order_id"]:
        return _rows(connection, f"{_LINES} where l.invoice_line_id = ?", [found["invoice_line_id"]])
    if found["grain"] not in ("charge_group", "order_item", "order_item_month", "line"):
        return []
    return _rows(
        connection,
        f"{_LINES} where coalesce(l.matched_order_id, l.order_id, l.alternate_id) is not distinct from ? "
        "and l.product_id is not distinct from ? and l.sku_id is not distinct from ? "
        "and l.line_class = 'one_time' order by l.invoice_id, l.invoice_line_id",
        [found["order_id"], found["product_id"], found["sku_id"]],
    )


def _line_text(line: Row) -> Iterator[str]:
    quantity = amount_text(line["signed_quantity"], 0)
    if line["line_class"] == "daily_usage":
        # That of Azure subscriptions has no price.
        money = line["subtotal"] and f", {amount_text(line['subtotal'], line['digits'])} {line['currency']}"
        yield (
            f"  {line['invoice_id']} usage of {_minute(line['usage_at'])}: {quantity} × {line['product_id']}"
            f"{money or ''}; explains other lines"
        )
        return
    yield (
        f"  {line['invoice_id']} {line['charge_type']}: {quantity} × {line['product_id']} "
        f"{line['sku_id'] or 'without SKU'}, "
        f"{amount_text(line['subtotal'], line['digits'])} + tax {amount_text(line['tax_total'], line['digits'])} = "
        f"{amount_text(line['total'], line['digits'])} {line['currency']}; {line['bucket']}" + _pass_text(line)
    )
    if line["partition_id"]:
        yield (
            f"      line {line['invoice_line_id']}; bytes: landing/{line['partition_id']}/{line['walk_id']}/"
            f"page-{line['page']:05d}.json.zst, item {line['position']}"
        )


def _pass_text(line: Row) -> str:
    if line["line_class"] != "one_time":
        return f" ({line['line_class'].replace('_', ' ')})"
    return f", pass {line['match_pass']}" if line["match_pass"] else ", no pass matched"


def _explain_invoice(connection: duckdb.DuckDBPyConnection, invoice: Row) -> Iterator[str]:
    yield from _document_text(connection, invoice["invoice_id"])
    yield from _breaks_of(connection, "invoice_id = ?", [invoice["invoice_id"]])
    lines = _rows(
        connection,
        # Daily usage may be a million rows and is no part of the total.
        f"{_LINES} where l.invoice_id = ? and l.line_class <> 'daily_usage' "
        "order by l.bucket desc, abs(l.total) desc, l.invoice_line_id",
        [invoice["invoice_id"]],
    )
    for one in lines[:_LINES_SHOWN]:
        yield from _line_text(one)
    if len(lines) > _LINES_SHOWN:
        yield f"  … {len(lines) - _LINES_SHOWN:,} more lines: recon explain {invoice['invoice_id']} LINE"


def _document_text(connection: duckdb.DuckDBPyConnection, invoice_id: str) -> Iterator[str]:
    for row in _rows(connection, _INVOICE, [invoice_id]):
        counted = "counted" if row["is_counted"] else "not counted (void)"
        yield (
            f"  {row['invoice_id']} {row['document_type']} of {_minute(row['invoice_at'])}, {counted}: "
            f"{amount_text(row['total_charges'], row['digits'])} {row['currency']}, {row['line_count']:,} lines"
        )
        for name in row:
            if name.endswith("_amount") and name not in ("paid_amount", "open_amount") and row[name]:
                part = name.removesuffix("_amount").replace("_", " ")
                yield f"      {part}: {amount_text(row[name], row['digits'])}"


def _breaks_of(connection: duckdb.DuckDBPyConnection, where: str, values: Sequence[object]) -> Iterator[str]:
    query = f"select * from marts.fct_breaks where {where} and status <> 'resolved' order by at_risk_amount desc"
    for row in _rows(connection, query, values)[:_LINES_SHOWN]:
        yield f"      break {row['break_id']} {row['break_code']}: {row['explanation']}"


def _minute(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d %H:%M") if moment else "unknown"


def _rows(connection: duckdb.DuckDBPyConnection, query: str, values: Sequence[object]) -> list[Row]:
    cursor = connection.execute(query, list(values))
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
