"""Every other body: customers, invoices, balances, orders, entitlements, as seen at a clock."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zlib import crc32

from pipelines.sandbox.artifacts import artifact_uri
from pipelines.sandbox.facts import Customer, Document, Entitlement, Item, Order, OrderLine
from pipelines.sandbox.live import Live
from pipelines.sandbox.statements import receipts_of
from pipelines.sandbox.trade import COUNTRIES, SYMBOLS, rounded
from pipelines.sandbox.wire import NEVER, Raw, dumps, link, object_type, stamp

Body = dict[str, Any]
LIST_DELAY = timedelta(minutes=15)
CURRENCIES = ("USD", "EUR", "GBP", "JPY")
HIDDEN_PARTS = frozenset({"GBP"})
"""Currencies whose balance comes without its parts."""


class Bodies:
    """Builds answers as plain values.

    Shape:   what is true in `live`, at the clock given with each call.
    Units:   money as Decimal, moments as text.
    """

    def __init__(self, live: Live, quirks: bool) -> None:
        self.live = live
        self.quirks = quirks
        self._links: dict[tuple[str, str, str, str, bool], Raw] = {}
        self.customers = {customer.id: customer for customer in live.world.customers if customer.is_listed}

    def salt(self, name: str) -> int:
        """A number that belongs to a name, to vary its spelling."""
        return crc32(name.encode())

    def when(self, moment: datetime, name: str) -> str:
        """A moment, spelt in the manner of `name`."""
        return stamp(moment, self.salt(name), self.quirks)

    # Customers -------------------------------------------------------------------------------------------------

    def customer(self, customer: Customer, *, alone: bool) -> Body:
        """A customer; by id with country and culture."""
        body: Body = {
            "id": customer.id,
            "companyProfile": {
                "tenantId": customer.id,
                "domain": customer.domain,
                "companyName": customer.name,
                "attributes": object_type("CustomerCompanyProfile"),
            },
            "relationshipToPartner": "reseller",
            "attributes": object_type("Customer"),
        }
        if alone:
            body["commerceId"] = customer.id
            body["billingProfile"] = {
                "culture": COUNTRIES[customer.country].culture,
                "language": "en",
                "companyName": customer.name,
                "defaultAddress": {"country": customer.country, "city": "Pretendville"},
            }
            body["allowDelegatedAccess"] = True
        return body

    # Invoices --------------------------------------------------------------------------------------------------

    def documents(self, clock: datetime) -> list[Body]:
        """The list of invoices: amendments inside their base, and with quirks on their own too."""
        seen = [self.live.world.shown(d, clock) for d in self.live.documents if d.is_shown_at(clock)]
        bases = {d.id for d in seen}
        return [self.document(d, clock) for d in seen if self.quirks or d.amends_of not in bases]

    def document(self, document: Document, clock: datetime) -> Body:
        """One invoice with its amendments nested."""
        body = self._document(document, clock)
        amendments = [d for d in self.live.documents if d.amends_of == document.id and d.at <= clock]
        if amendments:
            body["amendments"] = [self._document(d, clock, nested=True) for d in amendments]
        elif self.quirks and self.salt(document.id) % 3 == 0:
            body["amendments"] = None
        return body

    def _document(self, document: Document, clock: datetime, *, nested: bool = False) -> Body:
        salt = self.salt(document.id)
        is_void = document.void_at is not None and document.void_at <= clock
        kind = document.document_type
        if is_void and document.void_shown_as == "document_type":
            kind = "void_note"
        body: Body = {
            "id": document.id,
            "invoiceDate": self.when(document.at, document.id),
            "billingPeriodStartDate": self.when(document.period_start_at, document.id),
            "billingPeriodEndDate": self.when(document.period_end_at, document.id + "e"),
            "totalCharges": document.total_charges,
            "paidAmount": document.paid_at(clock) * document.paid_sign,
            "currencyCode": document.currency,
            "currencySymbol": SYMBOLS[document.currency],
            "documentType": "Invoice" if kind == "invoice" and salt % 5 == 0 else kind,
            "invoiceType": "one_time"
            if document.invoice_type == "OneTime" and salt % 4 == 0
            else document.invoice_type,
            "attributes": object_type("Invoice"),
        }
        if is_void and document.void_shown_as == "state":
            body["state"] = "void"
        prefix = "" if not self.quirks else f"{document.invoice_type}-"
        if document.has_details:
            path = None if nested else f"/invoices/{prefix}{document.id}/lineitems"
            body["invoiceDetails"] = [
                self._detail(document, provider, kind, path) for provider, kind in document.line_kinds
            ]
        if document.amends_of is not None:
            body["amendsOf"] = document.amends_of
        if not nested:
            body["pdfDownloadLink"] = f"/invoices/{document.id}/documents/statement"
            receipts = receipts_of(document)
            if receipts:
                uri = f"/invoices/{document.id}/receipts/{{}}/documents/statement"
                body["taxReceipts"] = [
                    {"id": receipt, "taxReceiptPdfDownloadLink": uri.format(receipt)} for receipt in receipts
                ]
            body["links"] = {"self": link(f"/invoices/{prefix}{document.id}")}
        return body

    def _detail(self, document: Document, provider: str, kind: str, path: str | None) -> Body:
        """One line item call that a document offers."""
        named = {"one_time": "OneTime"}.get(provider, provider.capitalize())
        if self.quirks and kind == "usage" and provider == "one_time" and self.salt(document.id) % 2:
            # The former name of the same rows.
            provider = named = "marketplace"
        detail: Body = {
            "invoiceLineItemType": f"{kind}_line_items",
            "billingProvider": provider,
            "attributes": object_type("InvoiceDetail"),
        }
        if path is not None:
            detail["links"] = {"self": link(f"{path}/{named}/{kind.capitalize()}LineItems")}
        return detail

    # Balances --------------------------------------------------------------------------------------------------

    def summary(self, currency: str, clock: datetime) -> Body:
        """The account balance of one currency.

        It lags: documents issued after midnight of the day before the clock are not in it yet.
        """
        accounted_at = clock.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
        shown = [self.live.world.shown(d, clock) for d in self.live.documents if d.currency == currency]
        documents = [d for d in shown if d.at <= accounted_at]
        amounts = {"Recurring": Decimal(0), "OneTime": Decimal(0)}
        for document in documents:
            if document.is_counted_at(clock):
                amounts[document.invoice_type] += document.open_at(clock)
        beside_the_parts = Decimal(0)
        for error in self.live.world.balance_errors:
            if error.currency == currency and error.since <= clock:
                if error.invoice_type == "sum":
                    beside_the_parts += error.amount
                else:
                    amounts["OneTime"] += error.amount
        total = sum(amounts.values(), beside_the_parts)
        body = self._summary(currency, total, documents, clock, accounted_at)
        if currency not in HIDDEN_PARTS:
            body["details"] = [
                {
                    "invoiceType": kind,
                    "summary": self._summary(
                        currency, amounts[kind], [d for d in documents if d.invoice_type == kind], clock, accounted_at
                    ),
                }
                for kind in amounts
                if kind == "OneTime" or currency != "JPY"
            ]
        body["links"] = {"self": link("/invoices/summary")}
        return body

    def _summary(
        self, currency: str, amount: Decimal, documents: list[Document], clock: datetime, accounted_at: datetime
    ) -> Body:
        payments = sorted(paid for d in documents for paid in d.payments if paid[0] <= clock)
        plain = f"{accounted_at.isoformat()[:19]}" + ("" if self.quirks else ".000000Z")
        return {
            "balanceAmount": amount,
            "currencyCode": currency,
            "currencySymbol": SYMBOLS[currency],
            "accountingDate": plain,
            "firstInvoiceCreationDate": self.when(documents[0].at, currency) if documents else NEVER,
            "lastPaymentDate": self.when(payments[-1][0], currency) if payments else NEVER,
            "lastPaymentAmount": payments[-1][1] if payments else Decimal(0),
            "latestInvoiceDate": self.when(documents[-1].at, currency) if documents else NEVER,
            "attributes": object_type("InvoiceSummary"),
        }

    # Orders ----------------------------------------------------------------------------------------------------

    def orders(self, customer_id: str, clock: datetime, *, priced: bool, system: bool) -> list[Body]:
        """All orders of a customer that the list shows: new ones are listed 15 minutes late."""
        return [
            self.order(order, clock, priced=priced)
            for order in self.live.orders_of(customer_id)
            if order.created_at <= clock - LIST_DELAY
            and (system or order.transaction_type not in ("SystemPurchase", "SystemBilling"))
        ]

    def order(self, order: Order, clock: datetime, *, priced: bool) -> Body:
        """One order as it stands at the clock."""
        path = f"/customers/{order.customer.id}/orders/{order.id}"
        lines = [self._order_line(order, line, clock, priced=priced) for line in order.lines]
        salt = self.salt(order.id)
        body: Body = {
            "id": order.id,
            "alternateId": order.alternate_id,
            "referenceCustomerId": order.customer.id.upper() if self.quirks and salt % 9 == 0 else order.customer.id,
            "billingCycle": order.billing_cycle,
            "currencyCode": order.currency,
            "currencySymbol": SYMBOLS[order.currency],
            "lineItems": lines,
            "creationDate": self.when(order.created_at, order.id),
            "status": order.status_at(clock),
        }
        if order.transaction_type is not None:
            body["transactionType"] = order.transaction_type
        if priced:
            body["totalPrice"] = sum((line["pricing"]["extendedPrice"] for line in lines), Decimal(0))
        if not self.quirks or salt % 4:
            # Written as text: orders are many, and their ids need no escaping.
            tail = '","method":"GET","headers":[]}'
            body["links"] = Raw(
                f'{{"self":{{"uri":"{path}{tail},"provisioningStatus":{{"uri":"{path}/provisioningstatus{tail}}}'
            )
            body["client"] = Raw(
                f'{{"marketplaceCountry":"{order.customer.country}",'
                '"deviceFamily":"UniversalStore-PartnerCenter","name":"Partner Center API"}'
            )
        body["attributes"] = object_type("Order")
        return body

    def _order_line(self, order: Order, line: OrderLine, clock: datetime, *, priced: bool) -> Body:
        item = line.item
        offer = f"{item.product_id}:{item.sku_id}:{item.availability_id}"
        if line.has_guid_offer:
            offer = f"{order.customer.id[:24]}{order.alternate_id}".upper()
        quantity = line.quantity_at(clock)
        body: Body = {
            "lineItemNumber": line.number,
            "offerId": offer,
            "friendlyName": item.sku_name,
            "quantity": quantity,
            "links": self._line_links(item, order.customer.country, named=not line.has_guid_offer),
            "termDuration": item.term,
        }
        if line.transaction_type is not None:
            body["transactionType"] = line.transaction_type
        if line.partner_id:
            body["partnerIdOnRecord"] = line.partner_id
        elif self.quirks and self.salt(order.id) % 5 == 0:
            body["partnerIdOnRecord"] = None
        if line.subscription_id:
            body["subscriptionId"] = line.subscription_id
        if priced:
            body["pricing"] = {
                "listPrice": line.price,
                "discountedPrice": line.price,
                "proratedPrice": line.price,
                "price": line.price,
                "extendedPrice": rounded(line.price * quantity, order.currency),
            }
        return body

    def _line_links(self, item: Item, country: str, *, named: bool) -> Raw:
        """Links of an order line, kept as text: the same few are sent again and again."""
        key = (item.product_id, item.sku_id, item.availability_id, country, named)
        if key not in self._links:
            sku = f"/products/{item.product_id}/skus/{item.sku_id}"
            links = {"sku": link(f"{sku}?country={country}")}
            if named:
                links["product"] = link(f"/products/{item.product_id}?country={country}")
                links["availability"] = link(f"{sku}/availabilities/{item.availability_id}?country={country}")
            self._links[key] = Raw(dumps(links))
        return self._links[key]

    # Entitlements ----------------------------------------------------------------------------------------------

    def entitlements(self, customer_id: str, clock: datetime, *, kind: str, expiry: bool) -> list[Body]:
        """Rights held at the clock; `kind` is empty for all."""
        return [
            self._entitlement(entitlement, clock, expiry)
            for entitlement in self.live.entitlements_of(customer_id)
            if entitlement.quantity_at(clock) > 0 and kind in ("", entitlement_kind(entitlement))
        ]

    def _entitlement(self, e: Entitlement, clock: datetime, expiry: bool) -> Body:
        reference: Body = {"id": e.order_id, "lineItemId": str(e.line_number)}
        if self.salt(e.order_id) % 2:
            reference["alternateId"] = e.alternate_id
        quantity = e.quantity_at(clock)
        artifacts: list[Body] = []
        if e.resource_id:
            artifacts.append(self._artifact(e))
        body: Body = {
            "includedEntitlements": self._included(e.included, reference),
            "referenceOrder": reference,
            "productId": e.item.product_id,
            "skuId": e.item.sku_id,
            "quantity": quantity,
            "entitledArtifacts": artifacts,
            "entitlementType": entitlement_kind(e),
        }
        others = {"Transferred": e.transferred, "PrefulfillmentPending": e.pending_at(clock)}
        if any(others.values()):
            body["quantityDetails"] = [
                {"quantity": units, "status": status}
                for status, units in {"Fulfilled": quantity, **others}.items()
                if units
            ]
        if expiry and e.expires_at is not None:
            body["expiryDate"] = self.when(e.expires_at, e.order_id)
        if e.resource_id and "dynamicAttributes" not in artifacts[0]:
            body["dynamicAttributes"] = {"reservationType": "virtualmachines"}
        return body

    def _artifact(self, e: Entitlement) -> Body:
        """The reservation behind an entitlement, with the address of its details."""
        salt = self.salt(e.resource_id) if self.quirks else 0
        artifact: Body = {"link": link(("", "/v1")[salt % 2] + artifact_uri(e))} if e.has_details else {}
        artifact |= {
            "resourceId": e.resource_id.upper() if salt % 7 == 3 else e.resource_id,
            "artifactType": e.artifact_kind,
        }
        if salt % 3 == 2:
            # Documented in two places: here, and on the entitlement.
            artifact["dynamicAttributes"] = {"reservationType": "virtualmachines"}
        return artifact

    def _included(self, items: Iterable[Item], reference: Body) -> list[Body]:
        """Parts of a bundle: they name the order of the whole once more."""
        return [
            {
                "includedEntitlements": [],
                "referenceOrder": reference,
                "productId": item.product_id,
                "skuId": item.sku_id,
                "quantity": 1,
                "entitledArtifacts": [],
                "entitlementType": "software",
            }
            for item in items
        ]


def entitlement_kind(e: Entitlement) -> str:
    """The name of today or the older one of a reservation; anything else is `software`."""
    return e.artifact_kind if e.item.kind == "reservation" else "software"
