"""Documents by id and their lines of every kind: new ones, changed ones, and young ones once a week."""

from __future__ import annotations

from datetime import datetime, timedelta

from pipelines.landing import Failure, Partition
from pipelines.partner_center.contract import Endpoint
from pipelines.partner_center.endpoints import (
    AZURE_DAILY_USAGE,
    AZURE_LINE_ITEMS,
    DAILY_RATED_USAGE,
    INVOICE_LINE_ITEMS,
    INVOICES_BY_ID,
    OFFICE_LINE_ITEMS,
)
from pipelines.partner_center.walks import WalkRequest
from pipelines.plans.documents import Document
from pipelines.plans.plan import Plan

TITLE = "invoice lines"
NEEDS_LOADED = False

# Lines of an issued invoice hardly ever change, and never by a payment: young ones are looked at again weekly.
RECHECK_INVOICES_YOUNGER_THAN = timedelta(days=45)
RECHECK_AFTER = timedelta(days=7)

ENDPOINT_OF: dict[tuple[str, str], Endpoint] = {
    ("onetime", "billing"): INVOICE_LINE_ITEMS,
    ("onetime", "usage"): DAILY_RATED_USAGE,
    ("office", "billing"): OFFICE_LINE_ITEMS,
    ("azure", "billing"): AZURE_LINE_ITEMS,
    ("azure", "usage"): AZURE_DAILY_USAGE,
}


def requests(plan: Plan) -> list[WalkRequest]:
    """Documents and lines that are new, whose header changed, whose last reading failed, or that are due again."""
    wanted = []
    unknown = set()
    for document in plan.documents:
        by_id = {"invoice_id": document.invoice_id}
        if plan.with_user and _is_due(plan.landing.partition("invoices_by_id", by_id, ""), document, plan.now):
            wanted.append(WalkRequest(INVOICES_BY_ID, by_id, document.header_hash))
        for provider, kind in line_kinds(document):
            endpoint = ENDPOINT_OF.get((provider, kind))
            if endpoint is None:
                unknown.add(_note_unknown(plan, document, provider, kind))
                continue
            lines = by_id | {"provider": provider, "line_item_type": kind}
            if "currency" in endpoint.partition:
                lines["currency"] = document.currency
            partition = plan.landing.partition(endpoint.name, lines, "")
            api = plan.source_api(endpoint, document.period, partition)
            is_of_other_api = partition.current is not None and partition.current.source_api != api
            if is_of_other_api or _is_due(partition, document, plan.now):
                wanted.append(WalkRequest(endpoint, lines, document.header_hash, source_api=api))
    asked = unknown | {request.partition_id for request in wanted}
    for endpoint in ENDPOINT_OF.values():
        # What failed is asked for again; what is not asked for is offered by no document any more.
        plan.landing.forget_failures(endpoint.name, asked, plan.now.isoformat())
    return wanted


def line_kinds(document: Document) -> list[tuple[str, str]]:
    """Provider and kind of every line item call that the document offers, each once.

    `marketplace` is the former name of `onetime`: asking for both would bring the same lines twice.
    """
    return sorted(
        {("onetime" if provider == "marketplace" else provider, kind) for provider, kind in document.line_kinds}
    )


def _note_unknown(plan: Plan, document: Document, provider: str, kind: str) -> str:
    """Lines of a kind that nobody described yet are recorded as not read: without them the total says little."""
    values = {"invoice_id": document.invoice_id, "provider": provider, "line_item_type": kind}
    reason = (
        f"the document offers lines of provider {provider or 'without a name'} ({kind}), which is not a known kind"
    )
    partition_id = INVOICE_LINE_ITEMS.partition_id(values)
    plan.landing.mark_failed(INVOICE_LINE_ITEMS.name, values, partition_id, Failure(plan.now.isoformat(), reason))
    return partition_id


def _is_due(partition: Partition, document: Document, now: datetime) -> bool:
    if partition.status != "complete" or partition.asked_for != document.header_hash or partition.current is None:
        return True
    checked_at = datetime.fromisoformat(partition.checked_at or partition.current.read_at)
    is_young = document.invoice_date[:10] > (now - RECHECK_INVOICES_YOUNGER_THAN).date().isoformat()
    return is_young and now - checked_at > RECHECK_AFTER
