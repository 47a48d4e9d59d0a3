"""SKUs of a product: quantity limits, billing cycles, and what has to be done before buying.

A SKU id is unique only within its product, and text: its leading zeros are part of it.
"""

from __future__ import annotations

from pipelines.partner_center.contract import Column, Endpoint, Kind, Table, text

SKU_TABLE = Table(
    "skus",
    (
        Column("id", "id", required=True),
        Column("product_id", "productId", required=True),
        *text("title", "description"),
        Column("minimum_quantity", "minimumQuantity", Kind.INTEGER),
        Column("maximum_quantity", "maximumQuantity", Kind.INTEGER),
        Column("is_trial", "isTrial", Kind.BOOL),
        Column("supported_billing_cycles", "supportedBillingCycles", Kind.JSON),
        Column("purchase_prerequisites", "purchasePrerequisites", Kind.JSON),
        Column("inventory_variables", "inventoryVariables", Kind.JSON),
        Column("provisioning_variables", "provisioningVariables", Kind.JSON),
        Column("actions", "actions", Kind.JSON),
        # Free form, and changed without notice.
        Column("dynamic_attributes", "dynamicAttributes", Kind.JSON),
        *text("consumption_type", "terms_of_use_uri"),
        Column("constraints", "constraints", Kind.JSON),
        Column("attestation_properties", "attestationProperties", Kind.JSON),
        Column("specialized_offer_properties", "specializedOfferProperties", Kind.JSON),
        Column("links", "links", Kind.JSON),
        Column("attributes", "attributes", Kind.JSON),
    ),
)

SKUS = Endpoint(
    name="skus",
    docs="Get a list of SKUs for a product (by country)",
    path="/v1/products/{product_id}/skus",
    partition=("product_id", "country", "segment", "reservation_scope"),
    params=(
        ("country", "{country}"),
        ("targetSegment", "{segment}"),
        ("reservationScope", "{reservation_scope}"),
    ),
    is_reading=True,
    is_informational=True,
    tables=(SKU_TABLE,),
)
