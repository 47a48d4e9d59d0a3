"""Documents by id and their lines: new ones, changed ones, and young ones once a week."""

from __future__ import annotations

from datetime import datetime, timedelta

from pipelines.landing import Failure, Partition
from pipelines.partner_center.endpoints import INVOICE_LINE_ITEMS, INVOICES_BY_ID
from pipelines.partner_center.walks import WalkRequest
from pipelines.plans.documents import Document
from pipelines.plans.plan import Plan

TITLE = "invoice lines"
NEEDS_LOADED = False

# Lines of an issued invoice hardly ever change, and never by a payment: young ones are looked at again weekly.
RECHECK_INVOICES_YOUNGER_THAN = timedelta(days=45)
RECHECK_AFTER = timedelta(days=7)


def requests(plan: Plan) -> list[WalkRequest]:
    """Documents and lines that are new, whose header changed, whose last reading failed, or that are due again."""
    wanted = []
    _note_unsupported(plan)
    for document in plan.documents:
        partition = {"invoice_id": document.invoice_id}
        if plan.with_user and _is_due(plan.landing.partition("invoices_by_id", partition, ""), document, plan.now):
            wanted.append(WalkRequest(INVOICES_BY_ID, partition, document.header_hash))
        for provider, kind in document.line_kinds:
            lines = partition | {"provider": provider, "line_item_type": kind}
            if kind == "usage" or not is_supported(provider, kind):
                continue
            if _is_due(plan.landing.partition("invoice_line_items", lines, ""), document, plan.now):
                wanted.append(WalkRequest(INVOICE_LINE_ITEMS, lines, document.header_hash))
    return wanted


def _note_unsupported(plan: Plan) -> None:
    """Line kinds that are part of an invoice's total and that this version cannot read: recorded as not read."""
    for document in plan.documents:
        for provider, kind in document.line_kinds:
            # Daily usage explains other lines and is no part of the total.
            if kind != "usage" and not is_supported(provider, kind):
                values = {"invoice_id": document.invoice_id, "provider": provider, "line_item_type": kind}
                reason = f"lines of provider {provider} ({kind}) are not read by this version"
                plan.landing.mark_failed(
                    "invoice_line_items",
                    values,
                    INVOICE_LINE_ITEMS.partition_id(values),
                    Failure(plan.now.isoformat(), reason),
                )


def is_supported(provider: str, kind: str) -> bool:
    """Whether this version reads such lines."""
    return provider == "onetime" and kind == "billing"


def _is_due(partition: Partition, document: Document, now: datetime) -> bool:
    if partition.status != "complete" or partition.asked_for != document.header_hash or partition.current is None:
        return True
    checked_at = datetime.fromisoformat(partition.checked_at or partition.current.read_at)
    is_young = document.invoice_date[:10] > (now - RECHECK_INVOICES_YOUNGER_THAN).date().isoformat()
    return is_young and now - checked_at > RECHECK_AFTER
