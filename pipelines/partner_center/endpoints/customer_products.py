"""Products that one customer can buy, in the customer's own country.

The documented answers of the three calls by customer are mixed up: products hold SKUs, SKUs a product,
availabilities a SKU. So an item goes by what it carries, not by the call that brought it.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.partner_center.contract import Endpoint, JsonObject
from pipelines.partner_center.endpoints.availabilities import AVAILABILITY_TABLE
from pipelines.partner_center.endpoints.products import PRODUCT_TABLE
from pipelines.partner_center.endpoints.skus import SKU_TABLE
from pipelines.partner_center.values import member


def explode_catalog_item(item: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    """An item of the catalog, as what it is: an availability names its SKU, a SKU its product."""
    if member(item, "skuId") is not None:
        yield "availabilities", item
    elif member(item, "productId") is not None:
        yield "skus", item
    else:
        yield "products", item


CUSTOMER_PRODUCTS = Endpoint(
    name="customer_products",
    docs="Get a list of products (by customer)",
    path="/v1/customers/{customer_id}/products",
    partition=("customer_id", "target_view", "segment", "reservation_scope"),
    params=(
        ("targetView", "{target_view}"),
        ("targetSegment", "{segment}"),
        ("reservationScope", "{reservation_scope}"),
    ),
    is_reading=True,
    is_informational=True,
    tables=(PRODUCT_TABLE, SKU_TABLE, AVAILABILITY_TABLE),
    explode=explode_catalog_item,
)
