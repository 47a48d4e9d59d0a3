"""Rows as the export spells them: PascalCase, some fields under another name, numbers always as numbers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pipelines.sandbox.routes.unbilled import month_meant, unbilled_rows
from pipelines.sandbox.usage import usage_of
from pipelines.sandbox.wire import Raw, dumps

if TYPE_CHECKING:
    from pipelines.sandbox.app import SandboxApp
    from pipelines.sandbox.export_desk import Export

# What is not the line item's own, and stands in no file.
_LEFT_OUT = frozenset({"attributes", "attributes/objectType", "invoiceLineItemType", "billingProvider"})
_NUMBERS = frozenset(
    {
        *("unitPrice", "effectiveUnitPrice", "quantity", "billableQuantity", "subtotal", "taxTotal"),
        *("totalForCustomer", "pcToBCExchangeRate", "billingPreTaxTotal", "pricingPreTaxTotal"),
        *("rateOfPartnerEarnedCredit", "rateOfCredit"),
    }
)
_RENAMED = {
    "pcToBCExchangeRate": "PCToBCExchangeRate",
    "pcToBCExchangeRateDate": "PCToBCExchangeRateDate",
    "resourceUri": "ResourceURI",
    "unitOfMeasure": "Unit",
    "rateOfCredit": "CreditPercentage",
    "rateOfPartnerEarnedCredit": "PartnerEarnedCreditPercentage",
}
# Two spellings occur, one to a file.
_SOMETIMES = {"resellerMpnId": "Tier2MpnId", "totalForCustomer": "Total"}


def export_rows(shop: SandboxApp, export: Export) -> list[str]:
    """The rows of an export, one JSON text each: those that the line items of the same facts give."""
    renamed = _RENAMED | (_SOMETIMES if not shop.quirks or export.variant % 2 else {})
    return [_respelt(row, renamed) for row in _line_items(shop, export)]


def _line_items(shop: SandboxApp, export: Export) -> list[str]:
    if not export.invoice_id:
        month_start_at = month_meant(shop.clock, "previous" if export.period == "last" else export.period)
        kind = "usagelineitems" if export.subject == "usage" else "billinglineitems"
        return unbilled_rows(shop, export.currency, month_start_at, kind)
    document = shop.live.document(export.invoice_id)
    if document is None:
        return []
    document = shop.world.shown(document, shop.clock)
    if export.subject == "usage":
        return [shop.usage.row(day, document.id) for day in usage_of(document)]
    kept = shop.kept_rows.get(document.id)
    return [raw.body for raw in kept] if kept else [shop.lines.row(charge) for charge in document.charges]


def _respelt(row: str, renamed: dict[str, str]) -> str:
    # Number literals stay as they are, digit by digit.
    found: dict[str, Any] = json.loads(row, parse_float=Raw, parse_int=Raw)
    return dumps({_name(key, renamed): _value(key, value) for key, value in found.items() if key not in _LEFT_OUT})


def _name(key: str, renamed: dict[str, str]) -> str:
    return renamed.get(key) or key[0].upper() + key[1:]


def _value(key: str, value: Any) -> Any:
    if key[0].lower() + key[1:] in _NUMBERS and isinstance(value, str):
        return Raw(value) if value else None
    return value
