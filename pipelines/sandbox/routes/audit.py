"""The record of activity: what was done, day by day."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from pipelines.sandbox.diary import Deed
from pipelines.sandbox.facts import Order
from pipelines.sandbox.paging import plan
from pipelines.sandbox.replies import Refused
from pipelines.sandbox.routes.common import NOT_MINE, Ask, place, token_page, whole_number
from pipelines.sandbox.wire import dumps, object_type

if TYPE_CHECKING:
    from pipelines.sandbox.app import SandboxApp

PARTNER_ID = "7a5f0f0e-1111-4222-8333-9b4ee7f0a001"
KEPT = timedelta(days=90)
USUAL = timedelta(days=30)
LARGEST_PAGE = 500
QUIRKY_PAGE = 40
US_DATES = ("%m/%d/%Y", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M:%S")
RESOURCES = {
    "ready_invoice": "invoice",
    "update_customer_user_licenses": "license",
    "update_subscription": "subscription",
    "add_customer": "customer",
}
TICKS_BEFORE_1970 = 621_355_968_000_000_000


def answer(shop: SandboxApp, ask: Ask) -> object:
    """GET /auditrecords."""
    if ask.get_parts != ["auditrecords"]:
        return NOT_MINE
    faults = shop.faults.faults
    if faults.forbidden_audit:
        raise Refused(403, 2032, "Access denied.")
    start, end = _span(shop, ask)
    size = whole_number(ask.query, "size", LARGEST_PAGE, LARGEST_PAGE)
    name, size, page = place(shop, ask, f"audit/{start.date()}/{end.date()}", size, seeks=False)
    deeds = [
        deed
        for deed in shop.diary.between(start, min(end, shop.clock))
        if deed.order is None or (deed.order.customer.is_listed and deed.order.id not in faults.unrecorded_orders)
    ]
    items = [_record(shop, deed) for deed in deeds]
    items = [item for item in items if _passes(item, ask.query.get("filter", ""))]
    spans = plan(name, len(items), min(size, QUIRKY_PAGE) if shop.quirks else size, quirks=False)
    first, stop = spans[min(page, len(spans) - 1)]
    uri = f"/auditrecords?startDate={start.date()}&endDate={(end - timedelta(seconds=1)).date()}&size={size}"
    return token_page(shop, items[first:stop], uri, name, size, page, len(spans))


def _span(shop: SandboxApp, ask: Ask) -> tuple[datetime, datetime]:
    """The days asked for, the last one included; with quirks a little of the next day comes along."""
    start = _day(ask.query.get("startdate", "")) or _midnight(shop.clock - USUAL)
    last = _day(ask.query.get("enddate", "")) or _midnight(shop.clock)
    if start < _midnight(shop.clock - KEPT):
        raise Refused(400, 3000, "The start date is more than 90 days back.")
    if last < start:
        raise Refused(400, 3000, "The end date is before the start date.")
    return start, last + timedelta(days=1, minutes=30 if shop.quirks else 0)


def _day(text: str) -> datetime | None:
    if not text:
        return None
    for style in US_DATES:
        try:
            return _midnight(datetime.strptime(text, style).replace(tzinfo=UTC))
        except ValueError:
            continue
    try:
        return _midnight(datetime.fromisoformat(text))
    except ValueError:
        raise Refused(400, 3000, f"The date {text} is not valid.") from None


def _midnight(moment: datetime) -> datetime:
    return datetime.combine(moment.date(), time(), UTC)


def _passes(item: dict[str, Any], wanted: str) -> bool:
    """Whether a record passes the filter, which is JSON in the query."""
    if not wanted:
        return True
    try:
        asked = json.loads(wanted)
        field, operator, value = str(asked["Field"]), str(asked["Operator"]).lower(), str(asked["Value"]).lower()
    except (ValueError, KeyError, TypeError):
        raise Refused(400, 3000, "The filter is not valid.") from None
    match field.lower(), operator:
        case "companyname", "substring":
            return value in str(item.get("customerName", "")).lower()
        case "customerid" | "resourcetype", "equals":
            return value == str(item.get("customerId" if field.lower() == "customerid" else "resourceType")).lower()
    raise Refused(400, 3000, "The filter is not valid.")


def _record(shop: SandboxApp, deed: Deed) -> dict[str, Any]:
    customer = deed.order.customer if deed.order else None
    customer_id = customer.id if customer else PARTNER_ID
    resource = RESOURCES.get(deed.operation, "order")
    subject = deed.order.id if deed.order and resource == "order" else deed.document.id if deed.document else "other"
    ticks = TICKS_BEFORE_1970 + int(deed.at.timestamp()) * 10**7 + deed.at.microsecond * 10
    name = f"{subject}{ticks}"
    body: dict[str, Any] = {
        # The id of the order stands in it in lower case, which is another order's id or none.
        "id": f"{PARTNER_ID}_{customer_id}_{subject}_{deed.operation.replace('_', '')}_{ticks}".lower(),
        "partnerId": PARTNER_ID,
        "participants": [PARTNER_ID],
        "customerId": customer_id,
        "userPrincipalName": "pretender@partner.example.com",
        "applicationId": "FulfillmentService",
        "resourceType": resource,
        "operationType": deed.operation,
        "operationDate": shop.bodies.when(deed.at, name),
        "operationStatus": deed.status,
        "customizedData": [],
        "attributes": object_type("AuditRecord"),
    }
    if customer:
        body["customerName"] = customer.name
    if shop.quirks and shop.bodies.salt(name) % 11 == 0:
        # Records of the first years have no id.
        del body["id"], body["participants"]
    if deed.order and resource == "order":
        body["resourceNewValue"] = dumps(_order_value(deed.order, deed.at))
        body["customizedData"] = _customized(deed.order, deed.at)
    elif resource == "license":
        body["customizedData"] = [{"key": "CustomerUserId", "value": customer_id[::-1]}]
    return body


def _order_value(order: Order, at: datetime) -> dict[str, Any]:
    """The order as it was then, with keys of another spelling."""
    return {
        "Id": order.id,
        "AlternateId": order.alternate_id,
        "ReferenceCustomerId": order.customer.id,
        "BillingCycle": order.billing_cycle,
        "CurrencyCode": order.currency,
        "LineItems": [
            {
                "LineItemNumber": line.number,
                "OfferId": f"{line.item.product_id}:{line.item.sku_id}:{line.item.availability_id}",
                "FriendlyName": line.item.sku_name,
                "Quantity": line.quantity_at(at),
                "Pricing": None,
            }
            for line in order.lines
        ],
        "Status": order.status_at(at),
        "TransactionType": order.transaction_type,
    }


def _customized(order: Order, at: datetime) -> list[dict[str, Any]]:
    values: list[tuple[str, str | None]] = [
        ("OrderId", order.id),
        ("AlternateId", order.alternate_id),
        ("BillingCycle", order.billing_cycle.title().replace("_", "")),
    ]
    for line in order.lines:
        values += [
            (f"OfferId-{line.number}", f"{line.item.product_id}:{line.item.sku_id}:{line.item.availability_id}"),
            (f"Quantity-{line.number}", str(line.quantity_at(at))),
            (f"PartnerOnRecord-{line.number}", line.partner_id or None),
        ]
    return [{"key": key, "value": value} for key, value in values]
