"""The stories as text: headings on the left, what belongs to them indented below, amounts in their currency."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from pipelines.reports.explanation.item_text import item_text, minute
from pipelines.reports.explanation.line_text import line_text, wire_text
from pipelines.reports.explanation.restatements import restatement_text
from pipelines.reports.explanation.subject_text import balance_text, entitlement_text, origin_text
from pipelines.reports.rows import Row
from pipelines.reports.statement import amount_text


def told(story: Row) -> Iterator[str]:
    """One story as lines of text."""
    kinds = {
        "break": _break_told,
        "explained_break": _break_told,
        "order": _order_told,
        "invoice": _invoice_told,
        "line": _line_told,
    }
    yield from kinds[story["kind"]](story)


def _break_told(story: Row) -> Iterator[str]:
    found, digits = story["break"], story["digits"]
    standing = f"{found['status']}, {found['severity']}" if story["kind"] == "break" else "explained by another"
    yield f"{found['break_code']} · {found['title']} · {standing}"
    yield f"  {found['explanation']}"
    yield _field("rule", found["rule_in_words"])
    if story["kind"] == "explained_break":
        yield _field("shown as", _winner(found))
    yield _field("break", found["break_id"])
    is_known = found["at_risk_amount"] is not None
    at_risk = f"{amount_text(found['at_risk_amount'], digits)} {found['currency'] or ''}".rstrip()
    primary = ""
    if story["kind"] == "break" and found["status"] != "resolved":
        primary = "; counted in totals" if found["is_primary"] else "; beside a greater break of the same subject"
        if found["status"] == "accepted" and not found["is_primary"]:
            primary = "; accepted, so in no total"
    yield _field(
        "at risk", f"{at_risk if is_known else 'not known'} ({found['direction']}){primary if is_known else ''}"
    )
    for name, of, decimals in (("quantity", "quantity", 0), ("amount", "amount", digits)):
        known = [
            f"{side} {amount_text(found[f'{side}_{of}'], decimals)}"
            for side in ("expected", "actual", "difference")
            if found.get(f"{side}_{of}") is not None
        ]
        if known:
            yield _field(name, ", ".join(known))
    if story["kind"] == "break":
        yield _field("since", _since(found))
        if any(found.get(name) for name in ("owner", "comment", "ticket", "expected_at")):
            yield _field("note", _note(found))
    if found["customer_id"] and not story["items"]:
        company = (story["customer"] or {}).get("company_name")
        yield _field("customer", f"{found['customer_id']}{f', {company}' if company else ''}")
    for item in story["items"]:
        yield from item_text(item)
    if not story["items"] and found["order_id"]:
        yield f"order {found['order_id']}: no such order was read"
    if story["entitlement"]:
        yield from entitlement_text(story["entitlement"])
    if story["balance"]:
        yield from balance_text(story["balance"])
    if story["document"]:
        yield from _document_text(story["document"])
    if story["restatement"]:
        yield from restatement_text(story["restatement"])
    yield from _lines_part(story, found["invoice_line_id"])
    yield from _candidates_part(story["candidates"])
    yield from _breaks_part("other open breaks here", story["related"])
    yield from _explained_part(story["speaks_for"])
    yield from _history_part(story["history"], digits)
    yield f"next step: {story['next_step']}"


def _order_told(story: Row) -> Iterator[str]:
    if not story["items"]:
        yield f"order {story['order_id']}: no such order was read; charges name it"
    for item in story["items"]:
        yield from item_text(item)
    yield from _lines_part(story, None)
    yield from _breaks_part("open breaks", story["breaks"])
    yield from _explained_part(story["explained"])


def _invoice_told(story: Row) -> Iterator[str]:
    yield from _document_text(story["document"])
    yield from _breaks_part("open breaks", story["breaks"])
    yield from _explained_part(story["explained"])
    yield from _lines_part(story, None)
    if story["lines_left_out"]:
        yield f"  one of them: recon explain {story['document']['invoice_id']} LINE"


def _line_told(story: Row) -> Iterator[str]:
    yield from line_text(story["line"])
    yield from wire_text(story["line"])
    for item in story["items"]:
        yield from item_text(item)
    yield from _candidates_part(story["candidates"])
    yield from _breaks_part("open breaks", story["breaks"])
    yield from _explained_part(story["explained"])


def _document_text(row: Row) -> Iterator[str]:
    counted = "counted" if row["is_counted"] else "not counted (void)"
    yield (
        f"{row['invoice_id']} {row['document_type']} of {minute(row['invoice_at'])}, {counted}: "
        f"{amount_text(row['total_charges'], row['digits'])} {row['currency']}, {row['line_count']:,} lines"
    )
    for name, amount in row["parts"].items():
        yield f"    {name.replace('_', ' '):<20}{amount_text(amount, row['digits']):>22}"
    yield from origin_text(row["origin"])


def _lines_part(story: Row, marked: str | None) -> Iterator[str]:
    if not story["lines"]:
        return
    count = len(story["lines"]) + story["lines_left_out"]
    yield f"billed lines ({count:,})"
    for line in story["lines"]:
        yield from line_text(line, is_marked=line["invoice_line_id"] == marked)
    if story["lines_left_out"]:
        yield f"  … {story['lines_left_out']:,} more lines"


def _candidates_part(candidates: list[Row]) -> Iterator[str]:
    if candidates:
        yield "orders that could explain it, none confirmed"
    for one in candidates:
        kind = "suggested" if one["is_suggested"] else "no"
        yield (
            f"  {kind}: {one['candidate_order_id']} of {minute(one['candidate_created_at'])}, quantity "
            f"{amount_text(one['candidate_quantity'], 0)} {one['candidate_currency'] or ''}: {one['reason']}"
        )


def _breaks_part(title: str, breaks: list[Row]) -> Iterator[str]:
    if breaks:
        yield title
    for row in breaks:
        yield f"  break {row['break_id']} {row['break_code']} ({row['status']}): {row['explanation']}"


def _explained_part(breaks: list[Row]) -> Iterator[str]:
    if breaks:
        yield "found as well, and not shown as breaks of their own"
    for row in breaks:
        yield f"  {row['break_code']}: {row['explanation']}; {_winner(row)}"


def _winner(row: Row) -> str:
    # A suggested match speaks for an order too, and is no break itself.
    if row["suppressed_by"] == "suggested_match":
        return "a charge is suggested to be this order's"
    return f"{row['suppressed_by']} ({row['suppressed_by_break_id'][:12]}) speaks for it"


def _history_part(history: list[Row], digits: int) -> Iterator[str]:
    if history:
        yield "history"
    for row in history:
        amount = "" if row["at_risk_amount"] is None else f", {amount_text(row['at_risk_amount'], digits)} at risk"
        status = "" if row["status"] in (row["event"], None) else f", {row['status']}"
        yield f"  {minute(row['at'])}  {row['event']}{status}{amount}" + (
            f": {_note(row)}" if row["event"] == "noted" else ""
        )


def _note(row: Row) -> str:
    parts = [
        f"owner {row['owner']}" if row["owner"] else "",
        f"ticket {row['ticket']}" if row["ticket"] else "",
        f"expected by {minute(row['expected_at'])}" if row["expected_at"] else "",
        f"“{row['comment']}”" if row["comment"] else "",
        f"by {row['annotated_by']}" if row["annotated_by"] else "",
    ]
    return ", ".join(part for part in parts if part)


def _since(found: Row) -> str:
    settled = f"; resolved {minute(found['resolved_at'])}" if found["resolved_at"] else ""
    age = "" if found["age_days"] is None else f", {found['age_days']} days"
    return f"{minute(found['business_at'])}{age}; first seen {minute(found['first_seen_at'])}{settled}"


def _field(name: str, text: str | Decimal | None) -> str:
    return f"  {name:<10}{text}"
