"""Availabilities of a SKU: the terms on which it can be bought, in one country and segment.

Their ids change over time, and those of a reservation differ by scope; they are trusted only shortly after reading.
"""

from __future__ import annotations

from pipelines.partner_center.contract import Column, Endpoint, Kind, Table, text

AVAILABILITY_TABLE = Table(
    "availabilities",
    (
        Column("id", "id", required=True),
        Column("product_id", "productId", required=True),
        Column("sku_id", "skuId", required=True),
        *text("catalog_item_id"),
        # Documented as text, sent as an object of code and symbol.
        Column("default_currency", "defaultCurrency", Kind.JSON),
        *text("segment", "country"),
        Column("is_purchasable", "isPurchasable", Kind.BOOL),
        Column("is_renewable", "isRenewable", Kind.BOOL),
        Column("terms", "terms", Kind.JSON),
        Column("renewal_instructions", "renewalInstructions", Kind.JSON),
        Column("included_quantity_options", "includedQuantityOptions", Kind.JSON),
        Column("product", "product", Kind.JSON),
        Column("sku", "sku", Kind.JSON),
        Column("links", "links", Kind.JSON),
        Column("attributes", "attributes", Kind.JSON),
    ),
)

AVAILABILITIES = Endpoint(
    name="availabilities",
    docs="Get a list of availabilities for a SKU (by country)",
    path="/v1/products/{product_id}/skus/{sku_id}/availabilities",
    partition=("product_id", "sku_id", "country", "segment", "reservation_scope"),
    params=(
        ("country", "{country}"),
        ("targetSegment", "{segment}"),
        ("reservationScope", "{reservation_scope}"),
    ),
    is_reading=True,
    is_informational=True,
    tables=(AVAILABILITY_TABLE,),
)
