"""Whether SKUs can be delivered right now, to this customer and place: a question that is sent as a body.

The answer is a bare list. Items that the catalog does not know are silently left out of it, so who asked has to
compare. What the question is about stands in the partition, `context` as `key=value&key=value`.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from pipelines.partner_center.contract import Column, Endpoint, Kind, Table, text


def inventory_request(partition: Mapping[str, str]) -> dict[str, object]:
    """The body that asks for the partition; outer names are PascalCase, as documented."""
    item = {"ProductId": partition["product_id"]}
    if partition["sku_id"]:
        item["SkuId"] = partition["sku_id"]
    context = dict(parse_qsl(partition["context"], keep_blank_values=True))
    return {"TargetItems": [item], "InventoryContext": context}


def context_text(context: Mapping[str, str]) -> str:
    """A context as the partition carries it: one spelling for one meaning."""
    return urlencode(sorted(context.items()))


INVENTORY = Endpoint(
    name="inventory",
    docs="Check inventory",
    path="/v1/extensions/product/checkinventory",
    partition=("country", "product_id", "sku_id", "context"),
    params=(("country", "{country}"),),
    request=inventory_request,
    items="array",
    is_reading=True,
    is_informational=True,
    tables=(
        Table(
            "inventory",
            (
                Column("product_id", "productId", required=True),
                *text("sku_id"),
                Column("is_restricted", "isRestricted", Kind.BOOL, required=True),
                Column("restrictions", "restrictions", Kind.JSON),
                Column("attributes", "attributes", Kind.JSON),
            ),
        ),
    ),
)
