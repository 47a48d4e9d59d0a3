"""SKUs of a product that one customer can buy."""

from __future__ import annotations

from pipelines.partner_center.contract import Endpoint
from pipelines.partner_center.endpoints.availabilities import AVAILABILITY_TABLE
from pipelines.partner_center.endpoints.customer_products import explode_catalog_item
from pipelines.partner_center.endpoints.products import PRODUCT_TABLE
from pipelines.partner_center.endpoints.skus import SKU_TABLE

CUSTOMER_SKUS = Endpoint(
    name="customer_skus",
    docs="Get a list of SKUs for a product (by customer)",
    path="/v1/customers/{customer_id}/products/{product_id}/skus",
    partition=("customer_id", "product_id", "segment", "reservation_scope"),
    params=(("targetSegment", "{segment}"), ("reservationScope", "{reservation_scope}")),
    is_reading=True,
    is_informational=True,
    tables=(SKU_TABLE, PRODUCT_TABLE, AVAILABILITY_TABLE),
    explode=explode_catalog_item,
)
