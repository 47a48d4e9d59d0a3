"""Availabilities of a SKU for one customer: what a cart for that customer may hold."""

from __future__ import annotations

from pipelines.partner_center.contract import Endpoint
from pipelines.partner_center.endpoints.availabilities import AVAILABILITY_TABLE
from pipelines.partner_center.endpoints.customer_products import explode_catalog_item
from pipelines.partner_center.endpoints.products import PRODUCT_TABLE
from pipelines.partner_center.endpoints.skus import SKU_TABLE

CUSTOMER_AVAILABILITIES = Endpoint(
    name="customer_availabilities",
    docs="Get a list of availabilities for a SKU (by customer)",
    path="/v1/customers/{customer_id}/products/{product_id}/skus/{sku_id}/availabilities",
    partition=("customer_id", "product_id", "sku_id", "segment", "reservation_scope"),
    params=(("targetSegment", "{segment}"), ("reservationScope", "{reservation_scope}")),
    is_reading=True,
    is_informational=True,
    tables=(AVAILABILITY_TABLE, SKU_TABLE, PRODUCT_TABLE),
    explode=explode_catalog_item,
)
