"""One SKU in one country."""

from __future__ import annotations

from pipelines.partner_center.contract import Endpoint
from pipelines.partner_center.endpoints.skus import SKU_TABLE

SKUS_BY_ID = Endpoint(
    name="skus_by_id",
    docs="Get a SKU by ID",
    path="/v1/products/{product_id}/skus/{sku_id}",
    partition=("product_id", "sku_id", "country"),
    params=(("country", "{country}"),),
    items="single",
    is_reading=True,
    is_informational=True,
    tables=(SKU_TABLE,),
)
