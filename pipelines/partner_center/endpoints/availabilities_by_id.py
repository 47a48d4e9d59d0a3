"""One availability in one country: whether what is about to be bought is still for sale."""

from __future__ import annotations

from pipelines.partner_center.contract import Endpoint
from pipelines.partner_center.endpoints.availabilities import AVAILABILITY_TABLE

AVAILABILITIES_BY_ID = Endpoint(
    name="availabilities_by_id",
    docs="Get an availability by ID",
    path="/v1/products/{product_id}/skus/{sku_id}/availabilities/{availability_id}",
    partition=("product_id", "sku_id", "availability_id", "country"),
    params=(("country", "{country}"),),
    items="single",
    is_reading=True,
    is_informational=True,
    tables=(AVAILABILITY_TABLE,),
)
