"""The lists without which nobody knows what there is to read, and the balances."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.partner_center.endpoints import CUSTOMERS, INVOICE_SUMMARIES, INVOICE_SUMMARY, INVOICES
from pipelines.partner_center.walks import WalkRequest
from pipelines.plans.plan import Plan

TITLE = "customers, documents, balances"
NEEDS_LOADED = False


def requests(plan: Plan) -> Sequence[WalkRequest]:
    """The lists and the balances, each time."""
    heads = [WalkRequest(CUSTOMERS), WalkRequest(INVOICES), WalkRequest(INVOICE_SUMMARY)]
    return [*heads, WalkRequest(INVOICE_SUMMARIES)] if plan.with_user else heads
