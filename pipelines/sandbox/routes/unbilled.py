"""What is charged and on no document yet, and the links that offer it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from pipelines.sandbox.facts import Charge
from pipelines.sandbox.paging import MAX_SIZE, plan
from pipelines.sandbox.replies import Refused
from pipelines.sandbox.routes.common import NOT_MINE, Ask, place, token_page, whole_number
from pipelines.sandbox.usage import days_of, is_usage
from pipelines.sandbox.wire import Raw, link, object_type

if TYPE_CHECKING:
    from pipelines.sandbox.app import SandboxApp

KINDS = ("billinglineitems", "usagelineitems")
# Usage is shown a day after it was counted.
USAGE_DELAY = timedelta(days=1)
OFFERED = (
    ("daily_rated_usage", "Daily rated usage unbilled", "Marketplace", "UsageLineItems"),
    ("non_consumption", "Unbilled reconciliation line items", "all", "billinglineitems"),
)


def answer(shop: SandboxApp, ask: Ask) -> object:
    """GET /invoices/unbilled/lineitems in both styles of address, /invoices/estimates/links."""
    match ask.get_parts:
        case ["invoices", "unbilled", "lineitems"]:
            provider, kind = ask.query.get("provider", ""), ask.query.get("invoicelineitemtype", "")
            return _unbilled(shop, ask, provider.lower(), kind.lower())
        case ["invoices", "unbilled", "lineitems", provider, kind]:
            return _unbilled(shop, ask, provider.lower(), kind.lower())
        case ["invoices", "estimates", "links"]:
            return _links(ask)
    return NOT_MINE


def currency_of(ask: Ask) -> str:
    """The currency of a call that cannot do without one."""
    code = ask.query.get("currencycode", "").upper()
    if len(code) != 3 or not code.isalpha():
        raise Refused(400, None, "The request is invalid.")
    return code


def _unbilled(shop: SandboxApp, ask: Ask, provider: str, kind: str) -> Any:
    # `one_time` is what answers say, and what requests may not.
    if provider not in ("onetime", "marketplace", "all", "office", "azure") or kind not in KINDS:
        raise Refused(400, None, "The request is invalid.")
    currency, period = currency_of(ask), ask.query.get("period", "").lower()
    if period not in ("current", "previous"):
        raise Refused(400, None, "The request is invalid.")
    if "unbilled" in shop.faults.faults.missing_line_items:
        raise Refused(404, 1000, "The line items were not found.")
    size = whole_number(ask.query, "size", MAX_SIZE, MAX_SIZE)
    month_start_at = month_meant(shop.clock, period)
    rows = [] if provider in ("office", "azure") else unbilled_rows(shop, currency, month_start_at, kind)
    walk = f"unbilled/{currency}/{month_start_at:%Y-%m}/{kind}"
    name, size, page = place(shop, ask, walk, size)
    spans = plan(name, len(rows), size, shop.quirks)
    start, stop = spans[min(page, len(spans) - 1)]
    base = ("/invoices", "/v1/invoices")[page % 2] if shop.quirks else "/v1/invoices"
    query = f"provider=onetime&invoicelineitemtype={kind}&currencycode={currency.lower()}&period={period}&size={size}"
    uri = f"{base}/unbilled/lineitems?{query}"
    return token_page(shop, [Raw(row) for row in rows[start:stop]], uri, name, size, page, len(spans))


def month_meant(clock: datetime, period: str) -> datetime:
    """The first moment of the month that a word means at the clock."""
    start_at = clock.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return start_at if period == "current" else (start_at - timedelta(days=1)).replace(day=1)


def unbilled_rows(shop: SandboxApp, currency: str, month_start_at: datetime, kind: str) -> list[str]:
    """The estimates of one month in one currency, as JSON text."""
    charges = [c for c in shop.live.unbilled(shop.clock, month_start_at) if c.currency == currency]
    if kind == "billinglineitems":
        # Usage has rows of its own until it is billed.
        return [shop.lines.row(charge, is_unbilled=True) for charge in charges if not is_usage(charge)]
    return _usage_rows(shop, [charge for charge in charges if is_usage(charge)], month_start_at)


def _usage_rows(shop: SandboxApp, charges: list[Charge], month_start_at: datetime) -> list[str]:
    days = (day for charge in charges for day in days_of(charge, month_start_at))
    return [shop.usage.row(day, "") for day in days if day.day_at + USAGE_DELAY <= shop.clock]


def _links(ask: Ask) -> Any:
    currency = currency_of(ask)
    items = [
        {
            "type": kind,
            "title": title,
            "description": f"{title} only.",
            "period": period,
            # The providers of before, which readers are told not to use.
            "link": link(
                f"/invoices/unbilled/lineitems?provider={provider}&invoicelineitemtype={lines}"
                f"&currencycode={currency}&period={period.lower()}&size=2000"
            ),
        }
        for kind, title, provider, lines in OFFERED
        for period in ("Current", "Previous")
    ]
    return {"totalCount": len(items), "items": items, "attributes": object_type("Collection")}
