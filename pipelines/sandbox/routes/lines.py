"""Line items of a document, of every kind and in both styles of address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from pipelines.sandbox.facts import Document
from pipelines.sandbox.paging import MAX_SIZE, plan
from pipelines.sandbox.replies import Refused
from pipelines.sandbox.routes.common import NOT_MINE, Ask, envelope, place, token_page, whole_number
from pipelines.sandbox.routes.invoices import issued
from pipelines.sandbox.routes.unbilled import KINDS, currency_of
from pipelines.sandbox.usage import usage_of
from pipelines.sandbox.wire import Raw, link

if TYPE_CHECKING:
    from pipelines.sandbox.app import SandboxApp

QUIRKY_LEGACY_PAGE = 40
ONE_TIME = ("onetime", "marketplace", "all")


def answer(shop: SandboxApp, ask: Ask) -> object:
    """GET /invoices/{id}/lineitems?provider=&invoicelineitemtype=, /invoices/{id}/lineitems/{provider}/{type}."""
    match ask.get_parts:
        case ["invoices", invoice_id, "lineitems"]:
            provider, kind = ask.query.get("provider", ""), ask.query.get("invoicelineitemtype", "")
            return _line_items(shop, ask, invoice_id, provider.lower(), kind.lower())
        case ["invoices", invoice_id, "lineitems", provider, kind]:
            # This style is documented with `&` where the query begins.
            kind, _, query = kind.partition("&")
            ask.query.update({name.lower(): values[0] for name, values in parse_qs(query).items()})
            return _line_items(shop, ask, invoice_id, provider.lower(), kind.lower())
    return NOT_MINE


def _line_items(shop: SandboxApp, ask: Ask, invoice_id: str, provider: str, kind: str) -> Any:
    if provider not in (*ONE_TIME, "office", "azure") or kind not in KINDS:
        raise Refused(400, None, "The request is invalid.")
    size = whole_number(ask.query, "size", MAX_SIZE, MAX_SIZE)
    document = issued(shop, invoice_id)
    if invoice_id in shop.faults.faults.missing_line_items:
        raise Refused(404, 1000, "The line items were not found.")
    if provider not in ONE_TIME:
        return _legacy_page(shop, ask, document, provider, kind, size)
    if kind == "usagelineitems":
        return _usage_page(shop, ask, document, size)
    name, size, page = place(shop, ask, f"{invoice_id}/{provider}/{kind}", size)
    spans = plan(name, len(document.charges), size, shop.quirks)
    start, stop = spans[min(page, len(spans) - 1)]
    kept = shop.kept_rows.get(invoice_id)
    items = kept[start:stop] if kept else [Raw(shop.lines.row(charge)) for charge in document.charges[start:stop]]
    base = ("/v1/invoices", "/invoices", "//invoices")[page % 3] if shop.quirks else "/v1/invoices"
    field = "nvoicelineitemtype" if shop.quirks else "invoicelineitemtype"
    uri = f"{base}/{invoice_id}/lineitems?provider=OneTime&{field}=BillingLineItems&size={size}"
    return token_page(shop, items, uri, name, size, page, len(spans))


def _usage_page(shop: SandboxApp, ask: Ask, document: Document, size: int) -> Any:
    """Days of usage, in one currency, and if asked for only those with or without earned credit."""
    currency = currency_of(ask)
    credit = ask.query.get("haspartnerearnedcredit", "").lower()
    days = [
        day
        for day in usage_of(document)
        if day.charge.currency == currency and credit in ("", str(day.has_credit).lower())
    ]
    name, size, page = place(shop, ask, f"{document.id}/{currency}/usage/{credit}", size)
    spans = plan(name, len(days), size, shop.quirks)
    start, stop = spans[min(page, len(spans) - 1)]
    items = [Raw(shop.usage.row(day, document.id)) for day in days[start:stop]]
    query = f"provider=onetime&invoicelineitemtype=usagelineitems&currencycode={currency.lower()}&size={size}"
    return token_page(shop, items, f"/invoices/{document.id}/lineitems?{query}", name, size, page, len(spans))


def _legacy_page(shop: SandboxApp, ask: Ask, document: Document, provider: str, kind: str, size: int) -> Any:
    """A page by size and offset, with links as the former part of the API makes them."""
    rows = _legacy_rows(shop, document, provider, kind)
    offset = whole_number(ask.query, "offset", 0, 10**9)
    step = min(size, QUIRKY_LEGACY_PAGE) if shop.quirks else size
    items = rows[offset : offset + step]
    field = "nvoicelineitemtype" if shop.quirks and provider == "office" else "invoicelineitemtype"
    uri = f"/invoices/{document.id}/lineitems?provider={provider.capitalize()}&{field}={kind}&size={size}&offset="
    body = envelope(items, f"{uri}{offset}")
    # With quirks an Azure page always promises one more, and an office page does not say where it begins.
    has_more = offset + step < len(rows) or (shop.quirks and provider == "azure" and bool(items))
    if has_more:
        body["links"]["next"] = link(uri if shop.quirks and provider == "office" else f"{uri}{offset + len(items)}")
    return body


def _legacy_rows(shop: SandboxApp, document: Document, provider: str, kind: str) -> list[Any]:
    if provider == "office":
        return [shop.legacy.office(line) for line in document.office] if kind == "billinglineitems" else []
    if kind == "billinglineitems":
        return [shop.legacy.azure(line, document.id) for line in document.azure]
    return [row for line in document.azure for row in shop.legacy.azure_days(line, document.id)]
