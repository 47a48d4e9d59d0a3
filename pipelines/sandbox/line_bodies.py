"""One-time line items as JSON text, fast enough for half a million of them.

The three generations of rows are kept apart as they are in real answers: `classic` rows (2018) name a provider and
a quote and know no charge period; `modern` rows have numbers; `commerce` rows send their numbers as strings.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from pipelines.sandbox.facts import Charge, Customer, Item
from pipelines.sandbox.wire import number, short_number, stamp, text

PARTNER_ID = "5a1c0d9e-7b2f-4c55-9e0a-4f1b2c3d4e5f"
MPN_ID = "5000017"
TERMS = {
    "P1M": "1 Month Subscription",
    "P1Y": "One-Year commitment for yearly billing",
    "P3Y": "3 Years Subscription",
    "": "",
}
DISCOUNTS = (
    "",
    '["15.0% Partner earned credit for services managed"]',
    '["100.0% Tier 1 Discount","Price for term"]',
)
QUALIFIERS = ("[]", '["AddOn"]', '["AddOn","Trial"]', "[]")


class LineItems:
    """Renders charges; keeps the parts that repeat (customers, products)."""

    def __init__(self, quirks: bool) -> None:
        self.quirks = quirks
        self._buyers: dict[tuple[str, int], str] = {}
        self._goods: dict[tuple[str, str, str], str] = {}

    def row(self, c: Charge, *, is_unbilled: bool = False) -> str:
        """One row. What is not billed yet has no invoice, no tax, a total of 0 and no billing frequency."""
        if is_unbilled:
            c = replace(c, invoice_number="", tax=Decimal(0), total=Decimal(0), frequency="")
        quirks, salt, style = self.quirks, c.salt, c.style
        as_text = quirks and style == "commerce"
        n = short_number if quirks and salt & 1 else number
        mark = '"' if as_text else ""
        price = n(c.effective_unit_price)
        listed = price if c.unit_price is c.effective_unit_price else n(c.unit_price)
        parts = [
            f'{{"partnerId":"{PARTNER_ID}",',
            self._buyer(c.customer, style, salt),
            f'"invoiceNumber":"{c.invoice_number}","mpnId":"{MPN_ID}","resellerMpnId":{self._reseller(c)},',
            f'"orderId":"{c.order_ref}","orderDate":"{stamp(c.order_at, salt, quirks)}",',
            self._item(c.item),
            f'"chargeType":"{c.charge_type}",',
            f'"unitPrice":{mark}{listed}{mark},',
            f'"effectiveUnitPrice":{mark}{price}{mark},"unitType":"{self._unit(c)}",',
            f'"quantity":{mark}{c.quantity}{mark},"subtotal":{mark}{n(c.subtotal)}{mark},',
            f'"{self._tax_key(salt)}":{mark}{n(c.tax)}{mark},"totalForCustomer":{mark}{n(c.total)}{mark},',
            f'"currency":"{c.currency}",',
        ]
        if style == "classic" and quirks:
            parts.append(
                f'"providerName":"Pretend Networks Inc","providerId":"21{salt:05d}","quoteId":"q{salt:04x}2345678",'
            )
        else:
            parts.append(f'"publisherName":"Pretend Networks Inc","publisherId":"21{salt:05d}",')
        parts.append(
            f'"subscriptionDescription":"","subscriptionId":"{c.subscription_id}",'
            f'"termAndBillingCycle":"{TERMS[c.item.term]}","alternateId":"{c.alternate_ref}",'
            f'"priceAdjustmentDescription":{text(DISCOUNTS[salt % 3])},"pricingCurrency":"{c.pricing_currency}",'
            f'"pcToBCExchangeRate":{mark}{n(c.rate)}{mark},'
            f'"pcToBCExchangeRateDate":"{stamp(c.rate_at, 0, quirks)}",'
            f'"billableQuantity":{mark}{n(c.billable_quantity)}{mark},'
        )
        if c.charge_start_at is not None and c.charge_end_at is not None:
            parts.append(
                f'"chargeStartDate":"{stamp(c.charge_start_at, salt >> 3, quirks)}",'
                f'"chargeEndDate":"{stamp(c.charge_end_at, salt >> 4, quirks)}",'
            )
        parts.append(self._optional(c))
        if quirks and style == "commerce" and salt % 4 == 0:
            parts.append('"attributes/objectType":"OneTimeInvoiceLineItem",')
        if not is_unbilled and (not quirks or salt % 5):
            parts.append('"invoiceLineItemType":"billing_line_items","billingProvider":"one_time",')
        parts.append('"attributes":{"objectType":"OneTimeInvoiceLineItem"}}')
        return "".join(parts)

    def _optional(self, c: Charge) -> str:
        """Fields that are mostly unset: left out, null or empty, as it comes."""
        salt = c.salt
        made = []
        for index, (key, value) in enumerate(
            (
                ("meterDescription", c.meter),
                ("billingFrequency", c.frequency),
                ("reservationOrderId", c.reservation_order_id),
                ("creditReasonCode", c.credit_reason),
                ("promotionId", ""),
            )
        ):
            if value or not self.quirks:
                made.append(f'"{key}":{text(value)},')
            elif (form := (salt >> index) % 4) < 2:
                made.append(f'"{key}":"",' if form == 0 else f'"{key}":null,')
        if c.style == "commerce":
            made.append(f'"productQualifiers":{QUALIFIERS[salt % 4]},"discountDetails":"",')
            made.append(f'"referenceId":"{c.subscription_id[:24]}{salt:012x}",')
        return "".join(made)

    def _buyer(self, customer: Customer, style: str, salt: int) -> str:
        form = 0 if not self.quirks else 1 if style == "classic" else 2 if salt % 6 == 0 else 3
        key = (customer.id, form if style != "classic" else form + 10)
        if key not in self._buyers:
            sent = {0: customer.id, 1: f"org:{customer.id}", 2: customer.id.upper(), 3: customer.id}[form]
            # The older rows do not name the country.
            country = "" if style == "classic" else f'"customerCountry":"{customer.country}",'
            self._buyers[key] = (
                f'"customerId":"{sent}","customerName":{text(customer.name)},'
                f'"customerDomainName":"{customer.domain}",{country}'
            )
        return self._buyers[key]

    def _item(self, item: Item) -> str:
        key = (item.product_id, item.sku_id, item.availability_id)
        if key not in self._goods:
            self._goods[key] = (
                f'"productId":"{item.product_id}","skuId":"{item.sku_id}","availabilityId":"{item.availability_id}",'
                f'"productName":{text(item.product_name)},"skuName":{text(item.sku_name)},'
            )
        return self._goods[key]

    def _reseller(self, c: Charge) -> str:
        none = "" if c.salt % 3 == 1 else "0"
        value = c.customer.reseller_id or none
        # A number in old rows, a string in new ones.
        if self.quirks and value and (c.style == "classic" or (c.style == "modern" and c.salt & 2)):
            return value
        return f'"{value}"'

    def _unit(self, c: Charge) -> str:
        return "1 Hour" if c.meter else "Seats" if c.item.kind == "seat" else ""

    def _tax_key(self, salt: int) -> str:
        return "TaxTotal" if self.quirks and salt % 89 == 0 else "taxTotal"


def total_of(charges: tuple[Charge, ...]) -> Decimal:
    """Sum of the line totals."""
    return sum((charge.total for charge in charges), Decimal(0))
