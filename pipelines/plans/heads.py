"""The lists without which nobody knows what there is to read, the balances, and what was done today."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.partner_center.endpoints import CUSTOMERS, INVOICE_SUMMARIES, INVOICE_SUMMARY, INVOICES
from pipelines.partner_center.walks import WalkRequest
from pipelines.plans.audit import today_request
from pipelines.plans.plan import Plan

TITLE = "customers, documents, balances"
NEEDS_LOADED = False


def requests(plan: Plan) -> Sequence[WalkRequest]:
    """The lists, the balances and today's records, each time."""
    heads = [WalkRequest(CUSTOMERS), WalkRequest(INVOICES), WalkRequest(INVOICE_SUMMARY), today_request(plan)]
    return [*heads, WalkRequest(INVOICE_SUMMARIES)] if plan.with_user else heads
