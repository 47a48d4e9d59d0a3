"""The catalog: products, SKUs and availabilities by country and by customer, and the inventory check."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from pipelines.sandbox.catalog import (
    SCOPES,
    SEGMENTS,
    VIEWS,
    Offer,
    Product,
    billing_cycles,
    is_restricted,
    number_of,
    quantity_limits,
    terms,
)
from pipelines.sandbox.facts import Item
from pipelines.sandbox.replies import Refused, json_reply
from pipelines.sandbox.routes.common import NOT_MINE, Ask, envelope
from pipelines.sandbox.routes.customers import listed_customer
from pipelines.sandbox.trade import COUNTRIES, SYMBOLS
from pipelines.sandbox.wire import dumps, link

if TYPE_CHECKING:
    from pipelines.sandbox.app import SandboxApp

Body = dict[str, Any]


def answer(shop: SandboxApp, ask: Ask) -> object:
    """GET /products…, GET or POST /customers/{id}/products…, POST /extensions/product/checkinventory.

    The pages on the calls by customer name POST and show GET; both work.
    """
    if ask.area != "v1":
        return NOT_MINE
    match ask.method, ask.parts:
        case "POST", ["extensions", "product", "checkinventory"]:
            return json_reply(200, dumps(_inventory(shop, ask, _country(ask.query.get("country", "")))))
        case "GET", ["products", *rest]:
            return _Shelf(shop, ask, _country(ask.query.get("country", "")), "").answer(rest)
        case (("GET" | "POST"), ["customers", customer_id, "products", *rest]):
            customer = listed_customer(shop, customer_id)
            return _Shelf(shop, ask, customer.country, f"/customers/{customer.id}").answer(rest)
    return NOT_MINE


class _Shelf:
    """What one country sees, for one call."""

    def __init__(self, shop: SandboxApp, ask: Ask, country: str, base: str) -> None:
        self.shop, self.ask, self.country, self.base = shop, ask, country, base
        self.segment = _one_of(ask.query.get("targetsegment", ""), ("", *SEGMENTS), 400030, "target segment")
        self.scope = _one_of(ask.query.get("reservationscope", ""), SCOPES, 900126, "reservation scope")

    def answer(self, rest: Sequence[str]) -> object:
        match rest:
            case []:
                return self._collection(self._products(), "products")
            case [product_id]:
                return self._product_body(self._product(product_id))
            case [product_id, "skus"]:
                items = [item for item in self._product(product_id).skus.values() if self._is_shown(item)]
                return self._collection(map(self._sku_body, items), f"products/{product_id}/skus")
            case [product_id, "skus", sku_id]:
                return self._sku_body(self._item(product_id, sku_id))
            case [product_id, "skus", sku_id, "availabilities"]:
                offers = [one for one in self._offers(self._item(product_id, sku_id)) if one.scope == self.scope]
                uri = f"products/{product_id}/skus/{sku_id}/availabilities"
                return self._collection(map(self._offer_body, offers), uri)
            case [product_id, "skus", sku_id, "availabilities", availability_id]:
                offers = self._offers(self._item(product_id, sku_id))
                found = next((one for one in offers if one.id == availability_id), None)
                if found is None:
                    raise Refused(404, 400019, "The availability was not found.")
                return self._offer_body(found)
        return NOT_MINE

    # What there is ---------------------------------------------------------------------------------------------

    def _products(self) -> Iterator[Body]:
        view = _one_of(self.ask.query.get("targetview", ""), VIEWS, 900126, "target view")
        for product in self.shop.catalog.products.values():
            if view not in product.views or not product.is_sold_in(self.country, self.shop.clock):
                continue
            items = [item for item in product.skus.values() if self._is_shown(item)]
            if items and self.base and self.shop.quirks and view == "MicrosoftAzure":
                # As documented: asked for a customer's products, this view answers with their SKUs.
                yield from map(self._sku_body, items)
            elif items:
                yield self._product_body(product)

    def _product(self, product_id: str) -> Product:
        found = self.shop.catalog.product(product_id, self.country, self.shop.clock)
        if found is None:
            raise Refused(404, 400013, "The product was not found.")
        return found

    def _item(self, product_id: str, sku_id: str) -> Item:
        found = self._product(product_id).skus.get(sku_id)
        if found is None:
            raise Refused(404, 400018, "The SKU was not found.")
        return found

    def _offers(self, item: Item) -> list[Offer]:
        offers = self.shop.catalog.offers(item, self.country, self.shop.clock)
        return [offer for offer in offers if self.segment in ("", offer.segment)]

    def _is_shown(self, item: Item) -> bool:
        return any(offer.scope == self.scope or item.kind != "reservation" for offer in self._offers(item))

    # How it looks ----------------------------------------------------------------------------------------------

    def _collection(self, bodies: Iterator[Body], path: str) -> Body:
        return envelope(list(bodies), f"{self.base}/{path}?country={self.country}")

    def _link(self, path: str) -> Body:
        return link(f"/products/{path}?country={self.country}")

    def _product_body(self, product: Product) -> Body:
        kind = "Azure" if product.kind in ("reservation", "plan") else "Software"
        body: Body = {
            "id": product.id,
            "title": product.name,
            "description": f"{product.name}®, pretended" if self.shop.quirks else f"{product.name}, pretended",
            "productType": {
                "id": kind,
                "displayName": kind,
                "subType": {"id": product.sub_type, "displayName": product.sub_type},
            },
            "isMicrosoftProduct": product.kind != "subscription",
            "publisherName": "Pretend Networks Inc",
            "links": {"skus": self._link(f"{product.id}/skus"), "self": self._link(product.id)},
        }
        if self.base:
            body["localizedAttributes"] = [{"key": "OfferType", "value": "OfferType"}]
        return body

    def _sku_body(self, item: Item) -> Body:
        least, most = quantity_limits(item)
        path = f"{item.product_id}/skus/{item.sku_id}"
        body: Body = {
            "id": item.sku_id,
            "productId": item.product_id,
            "title": item.sku_name,
            "description": item.sku_name,
            "minimumQuantity": least,
            "maximumQuantity": most,
            "isTrial": False,
            "supportedBillingCycles": billing_cycles(item),
            "actions": ["Refund"],
            "dynamicAttributes": _dynamic_attributes(item),
            "links": {"availabilities": self._link(f"{path}/availabilities"), "self": self._link(path)},
        }
        if item.kind == "reservation":
            body["purchasePrerequisites"] = ["AzureSubscriptionRegistration", "InventoryCheck"]
            body["inventoryVariables"] = ["CustomerId", "AzureSubscriptionId", "ArmRegionName"]
            body["provisioningVariables"] = ["Scope", "SubscriptionId", "Duration"]
        elif item.kind in ("plan", "seat"):
            body["purchasePrerequisites"] = ["MicrosoftCustomerAgreement"]
        return body

    def _offer_body(self, offer: Offer) -> Body:
        item, quirks = offer.item, self.shop.quirks
        currency = COUNTRIES[self.country].pricing_currency
        number = number_of(offer.id)
        path = f"{item.product_id}/skus/{item.sku_id}/availabilities"
        # Documented: a self link may name another availability than its own.
        linked = item.availability_id if quirks and number % 4 == 0 else offer.id
        body: Body = {
            "id": offer.id,
            "productId": item.product_id,
            "skuId": item.sku_id,
            "catalogItemId": f"{item.product_id}:{item.sku_id}:{offer.id}",
            "defaultCurrency": {"code": currency, "symbol": SYMBOLS[currency]},
            "segment": offer.segment.capitalize() if quirks and number % 3 == 0 else offer.segment,
            "country": self.country,
            "isPurchasable": offer.is_purchasable,
            "isRenewable": item.kind == "seat",
            "product": {},
            "sku": {},
            "links": {"self": self._link(f"{path}/{linked}")},
        }
        if quirks and number % 11 == 0:
            body["defaultCurrency"] = currency
        if offered := terms(item):
            body["terms"] = offered
        return body


def _dynamic_attributes(item: Item) -> Body:
    if item.kind != "reservation":
        return {"isMicrosoftProduct": item.kind != "subscription", "billingType": "license", "isAddon": False}
    return {
        "armSkuName": f"Standard_{item.sku_id}",
        "cores": "6",
        "duration": "3Years" if item.term == "P3Y" else "1Year",
        "region": "US West 2",
        "armRegionName": "westus2",
    }


def _inventory(shop: SandboxApp, ask: Ask, country: str) -> list[Body]:
    """Known items only: what the catalog does not know is silently left out. Names come in either case."""
    question = _small(ask.json())
    context = _small(question.get("inventorycontext") or {})
    region = str(context.get("armregionname", ""))
    targets = question.get("targetitems")
    if not isinstance(targets, list) or not targets:
        raise Refused(400, 800002, "The target items are missing.")
    found = []
    for target in map(_small, targets):
        product = shop.catalog.product(str(target.get("productid", "")), country, shop.clock)
        for item in product.skus.values() if product else ():
            if target.get("skuid") in (None, "", item.sku_id):
                found.append(_inventory_body(item, region))
    return found


def _inventory_body(item: Item, region: str) -> Body:
    restricted = is_restricted(item, region)
    place = region or "westus2"
    reason = {
        "reasonCode": "NotAvailableForSubscription",
        "description": f"Restriction identified of type 'Location' with values '{place}'.",
        "properties": {"type": "Location", "values": place},
    }
    return {
        "productId": item.product_id,
        "skuId": item.sku_id,
        "isRestricted": restricted,
        "restrictions": [reason] if restricted else [],
    }


def _small(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Refused(400, 800002, "The request body is not as documented.")
    return {key.lower(): inner for key, inner in value.items()}


def _country(value: str) -> str:
    if value.upper() not in COUNTRIES:
        raise Refused(400, 800002, "The country is missing or not one of ours.")
    return value.upper()


def _one_of(value: str, known: Sequence[str], code: int, what: str) -> str:
    """A value of a list, whatever its case."""
    found = next((one for one in known if one.lower() == value.lower()), None)
    if found is None:
        raise Refused(403 if code == 400030 else 400, code, f"The {what} is not valid.")
    return found
