"""Lines of legacy invoices as plain values: GUIDs in upper case, times without zone, partners as numbers."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from pipelines.sandbox.facts import AzureLine, Customer, OfficeLine
from pipelines.sandbox.trade import EXACT
from pipelines.sandbox.wire import Raw, object_type, short_number

Body = dict[str, Any]
LEGACY_PARTNER = "1F5CCB06-8E36-4A74-A74C-FCAA9E000000"
ACCOUNT = "1010578050"


class LegacyItems:
    """Builds rows; without quirks GUIDs are in lower case, and every field has one name."""

    def __init__(self, quirks: bool) -> None:
        self.quirks = quirks

    def office(self, line: OfficeLine) -> Body:
        """One licence line. It names no invoice."""
        fold = self._guid
        starts_at = line.subscription_start_at
        # Described as text, mostly sent as a number.
        amount = str(line.amount) if self.quirks and line.salt % 4 == 0 else self._number(line.amount, line.salt)
        return {
            "partnerId": fold(LEGACY_PARTNER),
            "customerId": fold(line.customer.id),
            "customerName": line.customer.name,
            "mpnId": 4391507,
            "tier2MpnId": self._reseller(line.customer),
            "orderId": line.legacy_order_id,
            "subscriptionId": line.legacy_subscription_id,
            "syndicationPartnerSubscriptionNumber": fold(line.subscription_id),
            "offerId": fold(line.offer_id),
            "durableOfferId": fold(line.durable_offer_id),
            "offerName": line.offer_name,
            # Empty until the second cycle.
            "domainName": "" if line.salt % 6 == 0 else line.customer.domain,
            "billingCycleType": "MONTHLY",
            "subscriptionName": line.offer_name,
            "subscriptionDescription": line.offer_name,
            "subscriptionStartDate": plain(starts_at),
            "subscriptionEndDate": plain(starts_at + timedelta(days=730)),
            "chargeStartDate": plain(line.charge_start_at),
            "chargeEndDate": plain(line.charge_end_at),
            "chargeType": line.charge_type,
            "unitPrice": line.unit_price,
            "quantity": line.quantity,
            "amount": amount,
            "totalOtherDiscount": self._number(line.discount, line.salt),
            "subtotal": line.amount - line.discount,
            "tax": line.tax,
            "totalForCustomer": line.total,
            "currency": line.currency,
            "invoiceLineItemType": "billing_line_items",
            "billingProvider": "office",
            "attributes": object_type("LicenseBasedLineItem"),
        }

    def azure(self, line: AzureLine, invoice_id: str) -> Body:
        """One usage line with its price."""
        consumed = line.consumed
        effective = _ratio(line.subtotal, consumed)
        return {
            "detailLineItemId": line.part_number,
            "sku": line.sku,
            "includedQuantity": self._number(line.included, line.salt),
            "overageQuantity": max(consumed - line.included, Decimal(0)),
            "listPrice": line.list_price,
            "currency": line.currency,
            "preTaxCharges" if self.quirks and line.salt % 3 == 0 else "pretaxCharges": line.subtotal,
            "taxAmount": self._number(line.tax, line.salt),
            "postTaxTotal": line.total,
            "pretaxEffectiveRate": effective,
            "postTaxEffectiveRate": _ratio(line.total, consumed),
            "chargeType": "Assess usage fee for current cycle",
            "invoiceLineItemType": "billing_line_items",
            **self._shared(line, invoice_id, consumed, is_upper=False),
            "billingCycleType": "Monthly",
            "attributes": object_type("UsageBasedLineItem"),
        }

    def azure_days(self, line: AzureLine, invoice_id: str) -> list[Body]:
        """The days of one usage line: quantities only, and everything in upper case."""
        return [
            {
                "customerBillableAccount": "1439508127",
                "usageDate": plain(day),
                "invoiceLineItemType": "usage_line_items",
                **self._shared(line, invoice_id, quantity, is_upper=True),
                "billingCycleType": "MONTHLY",
                "attributes": object_type("DailyUsageLineItem"),
            }
            for day, quantity in line.days
        ]

    def _shared(self, line: AzureLine, invoice_id: str, quantity: Decimal, *, is_upper: bool) -> Body:
        word = str.upper if is_upper else str
        guid = str.upper if is_upper and self.quirks else str
        named = "customerName" if self.quirks and line.salt % 5 == 0 else "customerCompanyName"
        return {
            "partnerId": self._guid(LEGACY_PARTNER),
            "partnerName": word("Pretend Partner"),
            "partnerBillableAccountId": ACCOUNT,
            "customerId": guid(line.customer.id),
            "domainName": line.customer.domain,
            named: word(line.customer.name),
            "mpnId": 4390934,
            "tier2MpnId": self._reseller(line.customer),
            "invoiceNumber": invoice_id,
            "subscriptionId": guid(line.subscription_id),
            "subscriptionName": word("Microsoft Azure"),
            "subscriptionDescription": word("Microsoft Azure"),
            "orderId": line.legacy_order_id,
            "serviceName": word(line.service_name),
            "serviceType": word(line.service_type),
            "resourceGuid": guid(line.resource_guid),
            "resourceName": word(line.resource_name),
            "region": word(line.region),
            "consumedQuantity": self._number(quantity, line.salt),
            "chargeStartDate": plain(line.charge_start_at),
            "chargeEndDate": plain(line.charge_end_at),
            "unit": word(line.unit),
            "billingProvider": "azure",
        }

    def _guid(self, value: str) -> str:
        return value.upper() if self.quirks else value.lower()

    def _reseller(self, customer: Customer) -> int:
        return int(customer.reseller_id or -1)

    def _number(self, value: Decimal, salt: int) -> Decimal | Raw:
        """Whole amounts come as integers in some rows."""
        return Raw(short_number(value)) if self.quirks and salt & 1 else value


def plain(moment: datetime) -> str:
    """A moment without a zone."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}"


def _ratio(amount: Decimal, quantity: Decimal) -> Decimal:
    return EXACT.divide(amount, quantity).quantize(Decimal("0.00000001")) if quantity else Decimal(0)
