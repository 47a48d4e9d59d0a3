"""What is charged and on no invoice yet: estimates of the running month and of the one before, each time."""

from __future__ import annotations

from datetime import datetime, timedelta

from pipelines.partner_center.endpoints import (
    ESTIMATE_LINKS,
    INVOICE_SUMMARIES,
    INVOICE_SUMMARY,
    UNBILLED_DAILY_USAGE,
    UNBILLED_LINE_ITEMS,
)
from pipelines.partner_center.walks import WalkRequest
from pipelines.plans.plan import Plan, current_rows

TITLE = "unbilled lines and usage"
NEEDS_LOADED = False

_ESTIMATES = (UNBILLED_LINE_ITEMS, UNBILLED_DAILY_USAGE)


def requests(plan: Plan) -> list[WalkRequest]:
    """Unbilled lines and usage of two months, and the links to them, for every currency that was ever seen."""
    wanted = []
    for currency in currencies(plan):
        wanted.append(WalkRequest(ESTIMATE_LINKS, {"currency": currency}))
        for period, month in periods(plan.now).items():
            # The words move on with the clock; the month stays what it is.
            values = {"currency": currency, "month": month, "period": period}
            for endpoint in _ESTIMATES:
                partition = plan.landing.partition(endpoint.name, values, "")
                api = plan.source_api(endpoint, month, partition)
                wanted.append(WalkRequest(endpoint, values, source_api=api))
    asked = {request.partition_id for request in wanted}
    for endpoint in _ESTIMATES:
        # Nobody can ask for the estimate of a month long gone: that it once failed is no news any more.
        plan.landing.forget_failures(endpoint.name, asked, plan.now.isoformat())
    return wanted


def currencies(plan: Plan) -> list[str]:
    """Currencies of the documents and of the newest balances.

    The balance of one currency hides the others, so each source alone would miss some.
    """
    found = {document.currency for document in plan.documents}
    for endpoint in (INVOICE_SUMMARY, INVOICE_SUMMARIES):
        codes = current_rows(plan.landing, endpoint, "invoice_summaries").column("currency_code").to_pylist()
        found |= {code.strip().upper() for code in codes}
    return sorted(found - {""})


def periods(now: datetime) -> dict[str, str]:
    """The calendar months that the words of the call mean at this moment, UTC."""
    last_month = now.replace(day=1) - timedelta(days=1)
    return {"current": f"{now:%Y-%m}", "previous": f"{last_month:%Y-%m}"}
