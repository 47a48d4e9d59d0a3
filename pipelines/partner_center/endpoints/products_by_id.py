"""One product in one country: the name of what a charge or an order bought."""

from __future__ import annotations

from pipelines.partner_center.contract import Endpoint
from pipelines.partner_center.endpoints.products import PRODUCT_TABLE

PRODUCTS_BY_ID = Endpoint(
    name="products_by_id",
    docs="Get a product by ID",
    path="/v1/products/{product_id}",
    partition=("product_id", "country"),
    params=(("country", "{country}"),),
    items="single",
    is_reading=True,
    is_informational=True,
    tables=(PRODUCT_TABLE,),
)
