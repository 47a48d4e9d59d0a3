"""Looking into the catalog for somebody at the keyboard. What is read is landed, so the warehouse learns it too."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.errors import ReconError, UsageError
from pipelines.landing import Landing
from pipelines.partner_center.endpoints import (
    AVAILABILITIES,
    AVAILABILITIES_BY_ID,
    CUSTOMER_AVAILABILITIES,
    CUSTOMER_PRODUCTS,
    CUSTOMER_SKUS,
    INVENTORY,
    PRODUCTS,
    PRODUCTS_BY_ID,
    SKUS,
    SKUS_BY_ID,
)
from pipelines.partner_center.endpoints.inventory import context_text
from pipelines.partner_center.endpoints.products import RESERVATION_SCOPES, TARGET_SEGMENTS, TARGET_VIEWS
from pipelines.partner_center.pages import read_page
from pipelines.partner_center.walks import WalkReader, WalkRequest

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Where:
    """Whose catalog: a country's, or one customer's; `segment` and `scope` may be left open ("")."""

    country: str = ""
    customer_id: str = ""
    segment: str = ""
    scope: str = ""

    def open_fields(self) -> dict[str, str]:
        """The part of a partition that every list has."""
        return {"segment": self.segment, "reservation_scope": self.scope}


def where(country: str, customer_id: str, segment: str, scope: str) -> Where:
    """Where to look, checked; names are taken in any case.

    Errors:  UsageError names what there is.
    """
    if bool(country) == bool(customer_id):
        raise UsageError("say whose catalog: --country (like US), or --customer ID")
    if country and not re.fullmatch(r"[A-Za-z]{2}", country):
        raise UsageError(f"--country is `{country}`; it has two letters, like US")
    return Where(
        country.upper(),
        customer_id.lower(),
        _one_of("--segment", segment, TARGET_SEGMENTS) if segment else "",
        _one_of("--scope", scope, RESERVATION_SCOPES) if scope else "",
    )


def products_request(place: Where, view: str, product_id: str) -> WalkRequest:
    """All products of a view, or one by id."""
    if product_id and not place.country:
        raise UsageError("one product by its id is asked for in a --country; a --customer has lists by --view")
    if product_id:
        values = {"product_id": product_id, "country": place.country}
        return WalkRequest(PRODUCTS_BY_ID, values, not_found_is_empty=True)
    if not view:
        raise UsageError(f"name a PRODUCT, or a --view: {', '.join(TARGET_VIEWS)}")
    known = {"target_view": _one_of("--view", view, TARGET_VIEWS), **place.open_fields()}
    if place.customer_id:
        return WalkRequest(CUSTOMER_PRODUCTS, {"customer_id": place.customer_id, **known})
    return WalkRequest(PRODUCTS, {"country": place.country, **known})


def skus_request(place: Where, product_id: str, sku_id: str) -> WalkRequest:
    """The SKUs of a product, or one of them."""
    if place.customer_id:
        values = {"customer_id": place.customer_id, "product_id": product_id, **place.open_fields()}
        return WalkRequest(CUSTOMER_SKUS, values, not_found_is_empty=True)
    if sku_id:
        values = {"product_id": product_id, "sku_id": sku_id, "country": place.country}
        return WalkRequest(SKUS_BY_ID, values, not_found_is_empty=True)
    values = {"product_id": product_id, "country": place.country, **place.open_fields()}
    return WalkRequest(SKUS, values, not_found_is_empty=True)


def availabilities_request(place: Where, product_id: str, sku_id: str, availability_id: str) -> WalkRequest:
    """The availabilities of a SKU, or one of them."""
    item = {"product_id": product_id, "sku_id": sku_id}
    if place.customer_id:
        values = {"customer_id": place.customer_id, **item, **place.open_fields()}
        return WalkRequest(CUSTOMER_AVAILABILITIES, values, not_found_is_empty=True)
    if availability_id:
        values = {**item, "availability_id": availability_id, "country": place.country}
        return WalkRequest(AVAILABILITIES_BY_ID, values, not_found_is_empty=True)
    return WalkRequest(
        AVAILABILITIES, {**item, "country": place.country, **place.open_fields()}, not_found_is_empty=True
    )


def inventory_request(country: str, product_id: str, sku_id: str, context: Mapping[str, str]) -> WalkRequest:
    """The inventory check of a product's SKUs, or of one."""
    values = {"country": country, "product_id": product_id, "sku_id": sku_id, "context": context_text(context)}
    return WalkRequest(INVENTORY, values)


def look(reader: WalkReader, landing: Landing, request: WalkRequest) -> dict[str, list[dict[str, Any]]]:
    """Reads and lands what is asked for; its rows by table, JSON columns opened.

    Errors:  ReconError when it could not be read.
    """
    outcome = reader.read(request)
    if outcome.result == "failed":
        raise ReconError(f"{request.partition_id} could not be read: {outcome.reason}")
    found: dict[str, list[dict[str, Any]]] = {table.name: [] for table in request.endpoint.tables}
    walk = landing.partition(request.endpoint.name, request.partition, request.partition_id).current
    for page in walk.pages if walk else ():
        rows = read_page(landing.page_bytes(walk, page), request.endpoint) if walk else None
        for name in found if rows else ():
            assert rows is not None
            found[name] += [_opened(row) for row in rows.tables[name].to_pylist()]
    return found


def only(rows: Sequence[dict[str, Any]], wanted_id: str) -> list[dict[str, Any]]:
    """The rows of one id, or all where none is named: lists by customer have no call by id."""
    return [row for row in rows if not wanted_id or row["id"] == wanted_id]


def needs_inventory_check(sku: Row) -> bool:
    """Whether a SKU says that its stock has to be asked for before buying."""
    return any(str(one).lower() == "inventorycheck" for one in sku["purchase_prerequisites"] or ())


def left_out(asked: Sequence[Row], answered: Sequence[Row]) -> Iterator[str]:
    """SKUs that were asked about and that the answer does not mention: the inventory does not know them."""
    known = {(row["product_id"], row["sku_id"]) for row in answered}
    for sku in asked:
        if (sku["product_id"], sku["id"]) not in known:
            yield f"{sku['product_id']}:{sku['id']}"


def _opened(row: Mapping[str, Any]) -> dict[str, Any]:
    shown = {key: value for key, value in row.items() if key not in ("_position", "attributes", "links")}
    return {
        key: _json(value) if isinstance(value, str) and value[:1] in '[{"' else value for key, value in shown.items()
    }


def _json(text: str) -> Any:
    try:
        # Fractions stay as they were sent.
        return json.loads(text, parse_float=str)
    except ValueError:
        return text


def _one_of(option: str, value: str, known: Sequence[str]) -> str:
    found = next((one for one in known if one.lower() == value.lower()), None)
    if found is None:
        raise UsageError(f"{option} is `{value}`; there are {', '.join(known)}")
    return found
