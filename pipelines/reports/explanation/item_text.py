"""An order item as text: expected, charged and entitled side by side, then lines, states, timing, deliveries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from pipelines.reports.rows import Row
from pipelines.reports.statement import amount_text

_WINDOWS = {
    "before_horizon": "ordered before the first month that was loaded; not judged",
    "on_unbilled": "on the estimates of what is billed next",
    "not_yet_invoiced": "its invoice is not due yet",
    "credit_due": "the credit for the reduction is not due yet",
    "provisioning_pending": "delivery may take until then",
    "deprovisioning_pending": "taking it back may take until then",
}


def minute(moment: datetime | None) -> str:
    """A moment to the minute, UTC; a date as it is."""
    if moment is None:
        return "unknown"
    return moment.strftime("%Y-%m-%d %H:%M")


def item_text(item: Row) -> Iterator[str]:
    """One order item with all that explains it."""
    alternate = f", also {item['alternate_id']}" if item["alternate_id"] else ""
    yield (
        f"order {item['order_id']}{alternate} ({item['order_status']}, created {minute(item['created_at'])}), "
        f"customer {item['customer_id']}"
    )
    yield f"  item {item['product_id']}:{item['sku_id']}, {item['billing_cycle']}: {item['reconciliation_status']}"
    yield from _sides(item)
    if item["timing_code"]:
        until = f", due {minute(item['timing_due_at'])}" if item["timing_due_at"] else ""
        then = f"; then {item['held_back'].replace(' ', ' or ')}" if item["held_back"] else ""
        yield f"  timing {item['timing_code']}: {_WINDOWS.get(item['timing_code'], '')}{until}{then}"
    for line in item["order_lines"]:
        yield (
            f"  line {line['order_line_number']}: {amount_text(line['quantity'], 0)} at "
            f"{amount_text(line['unit_price'], line['digits'])} = "
            f"{amount_text(line['extended_amount'], line['digits'])} {line['currency'] or ''} "
            f"({line['transaction_type'] or 'type unknown'})"
        )
    yield from _states(item)
    for one in item["entitlements"]:
        moved = f", {amount_text(one['transferred_quantity'], 0)} handed over" if one["transferred_quantity"] else ""
        waiting = f", {amount_text(one['pending_quantity'], 0)} pending" if one["pending_quantity"] else ""
        until = f", until {minute(one['expires_at'])}" if one["expires_at"] else ""
        yield f"  received: {amount_text(one['quantity'], 0)} ({one['entitlement_type']}){moved}{waiting}{until}"
    for one in item["estimates"]:
        yield (
            f"  estimate of {one['month']}: {amount_text(one['signed_quantity'], 0)} for "
            f"{amount_text(one['subtotal'], one['digits'])} {one['currency']}, read {minute(one['read_at'])}"
        )
    for one in item["refunds"]:
        due = f", due {minute(one['due_at'])}" if one["due_at"] else ""
        came = f" on {one['last_invoice_id']}" if one["last_invoice_id"] else ""
        yield (
            f"  refund {one['refund_status']}: {amount_text(one['expected_quantity'], 0)} for "
            f"{amount_text(one['expected_pricing_amount'], one['digits'])} {one['pricing_currency'] or ''}{due}; "
            f"came {amount_text(one['refunded_quantity'], 0)} for "
            f"{amount_text(one['refunded_pricing_amount'], one['digits'])}{came}"
        )
    for one in item["candidate_of"]:
        kind = "suggested" if one["is_suggested"] else "not suggested"
        yield f"  candidate of break {one['break_id'][:12]}, {kind}: {one['reason']}"
    if item["origin"]:
        origin = item["origin"]
        yield f"  bytes: {origin['file']}, item {origin['item']} ({origin['api']}, read {minute(origin['read_at'])})"


def _sides(item: Row) -> Iterator[str]:
    sides = item["sides"]
    yield "  " + " " * 10 + "".join(f"{name:>20}" for name in sides)
    quantities = [amount_text(side["quantity"], 0) for side in sides.values()]
    yield "  " + f"{'quantity':<10}" + "".join(f"{text:>20}" for text in quantities)
    amounts = [
        f"{amount_text(side['amount'], side['digits'])} {side['currency']}" if side["currency"] else ""
        for side in sides.values()
    ]
    yield ("  " + f"{'amount':<10}" + "".join(f"{text:>20}" for text in amounts)).rstrip()


def _states(item: Row) -> Iterator[str]:
    if item["states"]:
        yield "  states, as readings showed them"
    for state in item["states"]:
        first = ", first reading" if state["is_first_reading"] else ""
        yield (
            f"    {minute(state['seen_at'])}  line {state['order_line_number']}: "
            f"{amount_text(state['quantity'], 0)}, {state['order_status']}{first}"
        )
    assumed = " is assumed: it was reduced before it was first read" if item["is_reduction_assumed"] else ""
    for name, at, how in (("last raised", item["increased_at"], ""), ("last reduced", item["reduced_at"], assumed)):
        if at:
            yield f"    {name} {minute(at)}{how}"
