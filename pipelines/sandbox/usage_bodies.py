"""Daily rated usage as JSON text, billed and not billed yet."""

from __future__ import annotations

from decimal import Decimal

from pipelines.sandbox.artifacts import derived_guid
from pipelines.sandbox.facts import Customer
from pipelines.sandbox.line_bodies import MPN_ID, PARTNER_ID
from pipelines.sandbox.usage import UsageDay
from pipelines.sandbox.wire import number, stamp, text

# Keys that one documented answer spells in another case.
MIXED_CASE = (
    ('"partnerName":', '"PartnerName":'),
    ('"usageDate":', '"UsageDate":'),
    ('"meterId":', '"MeterId":'),
    ('"rateOfPartnerEarnedCredit":', '"RateOfPartnerEarnedCredit":'),
)
INFO = '{  "ImageType": null,  "ServiceType": "Standard_B1s",  "VMName": null,  "UsageType": "ComputeHR_SW"}'


class UsageItems:
    """Renders days of usage."""

    def __init__(self, quirks: bool) -> None:
        self.quirks = quirks

    def row(self, day: UsageDay, invoice_id: str) -> str:
        """One row; without an invoice it is an estimate, and some of it is blank."""
        c, salt, quirks = day.charge, day.salt, self.quirks
        is_billed = bool(invoice_id)
        # What is left blank is a fact, and the same with and without quirks.
        is_thin = salt % 2 == 1
        azure_id = derived_guid(c.subscription_id)
        no_price = not is_billed and salt % 3 == 0
        resource_group = f"PretendRG{salt % 7}"
        row = "".join(
            (
                f'{{"partnerId":"{PARTNER_ID}","partnerName":"{"" if is_thin else "Pretend Partner"}",',
                self._buyer(c.customer, salt),
                f'"invoiceNumber":"{invoice_id}","productId":"{c.item.product_id}","skuId":"{c.item.sku_id}",',
                f'"availabilityId":"{"" if is_thin else c.item.availability_id}",',
                f'"skuName":{text(c.item.sku_name)},"productName":{text(c.item.product_name)},',
                f'"publisherName":"Pretend Networks Inc","publisherId":"{"" if is_thin else "21223810"}",',
                f'"subscriptionId":"{c.subscription_id}","subscriptionDescription":"Pretend Plan",',
                # These stand in one shape: whole days, the end of the window left out.
                f'"chargeStartDate":"{stamp(day.window_start_at, 0, quirks)}",',
                f'"chargeEndDate":"{stamp(day.window_end_at, 0, quirks)}",',
                f'"usageDate":"{stamp(day.day_at, 0, quirks)}",',
                f'"meterType":{text("1 Compute Hour - " + c.meter)},"meterCategory":"Virtual Machine Licenses",',
                f'"meterId":"{self._meter_id(c.meter)}","meterSubCategory":{text(c.item.product_name)},',
                f'"meterName":{text(c.meter)},"meterRegion":"","unitOfMeasure":"1 Hour",',
                f'"resourceLocation":"EASTUS2","consumedService":"Microsoft.Compute","resourceGroup":"{resource_group}",',
                f'"resourceUri":"/subscriptions/{azure_id}/resourceGroups/{resource_group}",',
                f'"tags":{text(f"""{{"cost": "{salt % 9}"}}""" if salt % 4 == 0 else "")},',
                f'"additionalInfo":{text(INFO if salt % 3 else "")},"serviceInfo1":"","serviceInfo2":"",',
                f'"mpnId":"{MPN_ID}","resellerMpnId":"{c.customer.reseller_id}",',
                f'"chargeType":"{"new" if is_billed else ""}","unitPrice":{number(c.unit_price)},',
                f'"quantity":{number(day.quantity)},"unitType":"{"1 Hour" if is_billed else ""}",',
                f'"billingPreTaxTotal":{number(day.billing_total)},"billingCurrency":"{c.currency}",',
                f'"pricingPreTaxTotal":{number(day.pricing_total)},"pricingCurrency":"{c.pricing_currency}",',
                f'"entitlementId":"{azure_id}","entitlementDescription":"Partner Subscription",',
                self._rate(c.rate, salt),
                f'"pcToBCExchangeRateDate":"{stamp(c.rate_at, 0, quirks)}",',
                f'"effectiveUnitPrice":{0 if no_price else number(c.effective_unit_price)},',
                f'"rateOfPartnerEarnedCredit":{"0.15" if day.has_credit else 0},',
                self._credit(day),
                '"invoiceLineItemType":"usage_line_items","billingProvider":"marketplace",',
                '"attributes":{"objectType":"DailyRatedUsageLineItem"}}',
            )
        )
        if quirks and not is_billed and salt % 4 == 0:
            for key, mixed in MIXED_CASE:
                row = row.replace(key, mixed, 1)
        return row

    def _buyer(self, customer: Customer, salt: int) -> str:
        if salt % 8 == 0:
            return '"customerId":"","customerName":"","customerDomainName":"","customerCountry":"",'
        return (
            f'"customerId":"{customer.id}","customerName":{text(customer.name)},'
            f'"customerDomainName":"{customer.domain}","customerCountry":"{customer.country}",'
        )

    def _meter_id(self, meter: str) -> str:
        # A meter that is called after its cores has no GUID.
        return meter if meter == "1core" else derived_guid(meter)

    def _rate(self, rate: Decimal, salt: int) -> str:
        mark = '"' if self.quirks and salt % 5 == 0 else ""
        return f'"pcToBCExchangeRate":{mark}{number(rate)}{mark},'

    def _credit(self, day: UsageDay) -> str:
        word = "true" if day.has_credit else "false"
        # Left out, or under the newer or the older name.
        if day.salt % 3 == 0:
            return ""
        is_older = self.quirks and day.salt % 3 == 2
        return f'"{"isPartnerEarnedCreditApplied" if is_older else "hasPartnerEarnedCredit"}":{word},'
