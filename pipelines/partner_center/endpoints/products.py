"""Products of the catalog, by country and view. A price is in no part of the catalog.

Items vanish and change their names, so every reading counts for itself: what an old order bought keeps the name
that it had. Views, segments and scopes that are left blank are left out of the request.
"""

from __future__ import annotations

from pipelines.partner_center.contract import Column, Endpoint, Kind, Table, text

TARGET_VIEWS = (
    *("Azure", "AzureReservations", "AzureReservationsVM", "AzureReservationsSQL", "AzureReservationsCosmosDb"),
    *("MicrosoftAzure", "OnlineServices", "Software", "SoftwareSUSELinux", "SoftwarePerpetual"),
    "SoftwareSubscriptions",
)
TARGET_SEGMENTS = ("commercial", "education", "government", "nonprofit")
RESERVATION_SCOPES = ("AzurePlan",)

PRODUCT_TABLE = Table(
    "products",
    (
        Column("id", "id", required=True),
        *text("title", "description"),
        Column("product_type_id", "productType.id"),
        Column("product_type_name", "productType.displayName"),
        Column("product_sub_type_id", "productType.subType.id"),
        Column("product_sub_type_name", "productType.subType.displayName"),
        Column("is_microsoft_product", "isMicrosoftProduct", Kind.BOOL),
        *text("publisher_name"),
        Column("localized_attributes", "localizedAttributes", Kind.JSON),
        Column("links", "links", Kind.JSON),
        Column("attributes", "attributes", Kind.JSON),
    ),
)

PRODUCTS = Endpoint(
    name="products",
    docs="Get a list of products (by country)",
    path="/v1/products",
    partition=("country", "target_view", "segment", "reservation_scope"),
    params=(
        ("country", "{country}"),
        ("targetView", "{target_view}"),
        ("targetSegment", "{segment}"),
        ("reservationScope", "{reservation_scope}"),
    ),
    is_reading=True,
    is_informational=True,
    tables=(PRODUCT_TABLE,),
)
