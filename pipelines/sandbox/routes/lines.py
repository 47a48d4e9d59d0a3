"""Line items of a document, in both styles of address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.sandbox.paging import MAX_SIZE, plan
from pipelines.sandbox.replies import Refused
from pipelines.sandbox.routes.common import NOT_MINE, Ask, envelope, place, token_page, whole_number
from pipelines.sandbox.routes.invoices import issued
from pipelines.sandbox.wire import Raw

if TYPE_CHECKING:
    from pipelines.sandbox.app import SandboxApp


def answer(shop: SandboxApp, ask: Ask) -> object:
    """GET /invoices/{id}/lineitems?provider=&invoicelineitemtype=, /invoices/{id}/lineitems/{provider}/{type}."""
    match ask.get_parts:
        case ["invoices", invoice_id, "lineitems"]:
            provider, kind = ask.query.get("provider", ""), ask.query.get("invoicelineitemtype", "")
            return _line_items(shop, ask, invoice_id, provider, kind)
        case ["invoices", invoice_id, "lineitems", provider, kind]:
            return _line_items(shop, ask, invoice_id, provider, kind)
    return NOT_MINE


def _line_items(shop: SandboxApp, ask: Ask, invoice_id: str, provider: str, kind: str) -> Any:
    if provider.lower() not in ("onetime", "office", "azure", "marketplace", "all"):
        raise Refused(400, None, "The request is invalid.")
    if kind.lower() not in ("billinglineitems", "usagelineitems"):
        raise Refused(400, None, "The request is invalid.")
    size = whole_number(ask.query, "size", MAX_SIZE, MAX_SIZE)
    if invoice_id == "unbilled":
        return envelope([], "/invoices/unbilled/lineitems")
    document = issued(shop, invoice_id)
    if invoice_id in shop.faults.faults.missing_line_items:
        raise Refused(404, 1000, "The line items were not found.")
    wanted = provider.lower() in ("onetime", "all") and kind.lower() == "billinglineitems"
    charges = document.charges if wanted else ()
    name, size, page = place(shop, ask, f"{invoice_id}/{provider.lower()}/{kind.lower()}", size)
    spans = plan(name, len(charges), size, shop.quirks)
    start, stop = spans[min(page, len(spans) - 1)]
    kept = shop.kept_rows.get(invoice_id) if wanted else None
    items = kept[start:stop] if kept else [Raw(shop.lines.row(charge)) for charge in charges[start:stop]]
    base = ("/v1/invoices", "/invoices", "//invoices")[page % 3] if shop.quirks else "/v1/invoices"
    field = "nvoicelineitemtype" if shop.quirks else "invoicelineitemtype"
    uri = f"{base}/{invoice_id}/lineitems?provider=OneTime&{field}=BillingLineItems&size={size}"
    return token_page(shop, items, uri, name, size, page, len(spans))
