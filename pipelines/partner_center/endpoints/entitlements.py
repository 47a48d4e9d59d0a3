"""What one customer received. Components of a bundle become rows of their own and name their parent.

There is no entitlement id on the wire; `path` is the position in the answer ('1', '1.0') and only places
a component under its parent.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.partner_center.contract import Column, Endpoint, JsonObject, Kind, Table, text
from pipelines.partner_center.values import member, members

ENTITLEMENT_TABLE = Table(
    "entitlements",
    (
        Column("path", "_path", required=True),
        Column("parent_path", "_parentPath"),
        Column("reference_order_id", "referenceOrder.id"),
        Column("reference_order_line_item_id", "referenceOrder.lineItemId", Kind.ID),
        Column("reference_order_alternate_id", "referenceOrder.alternateId"),
        *text("product_id", "sku_id"),
        Column("quantity", "quantity", Kind.RATE, required=True),
        Column("quantity_details", "quantityDetails", Kind.JSON),
        *text("entitlement_type", "fulfillment_state", "expiry_date"),
        Column("dynamic_attributes", "dynamicAttributes", Kind.JSON),
        Column("attributes", "attributes", Kind.JSON),
        Column("artifacts_count", "_artifactsCount", Kind.INTEGER),
    ),
)

ARTIFACT_TABLE = Table(
    "entitlement_artifacts",
    (
        Column("path", "_path", required=True),
        *text("artifact_type", "resource_id"),
        Column("link_uri", "_linkUri"),
        Column("link", "link", Kind.JSON),
        Column("dynamic_attributes", "dynamicAttributes", Kind.JSON),
        Column("attributes", "attributes", Kind.JSON),
    ),
)


def explode_entitlement(
    item: JsonObject, path: str = "", parent_path: str | None = None
) -> Iterator[tuple[str, JsonObject]]:
    """An entitlement, its artifacts, then its components, however deep."""
    path = path or str(item["_index"])
    artifacts = members(item, "entitledArtifacts")
    own = {
        key: value
        for key, value in item.items()
        if key.casefold() not in ("entitledartifacts", "includedentitlements", "_index")
    }
    yield "entitlements", own | {"_path": path, "_parentPath": parent_path, "_artifactsCount": len(artifacts)}
    for artifact in artifacts:
        yield "entitlement_artifacts", artifact | {"_path": path, "_linkUri": _link_uri(artifact)}
    for index, component in enumerate(members(item, "includedEntitlements")):
        yield from explode_entitlement(component, f"{path}.{index}", path)


def _link_uri(artifact: JsonObject) -> str | None:
    """Where the details of an artifact are; None where there is no link that could be read."""
    link = member(artifact, "link")
    uri = member(link, "uri") if isinstance(link, dict) else None
    return uri if isinstance(uri, str) else None


ENTITLEMENTS = Endpoint(
    name="entitlements",
    docs="Get a collection of entitlements",
    path="/v1/customers/{customer_id}/entitlements",
    partition=("customer_id",),
    params=(("showExpiry", "true"),),
    needs_user=True,
    tables=(ENTITLEMENT_TABLE, ARTIFACT_TABLE),
    explode=explode_entitlement,
)
