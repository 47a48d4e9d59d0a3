"""All orders of one customer, with prices where this sign-in may see them, and their lines."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.partner_center.contract import Column, Endpoint, JsonObject, Kind, Table, text
from pipelines.partner_center.values import member, members

ORDER_TABLE = Table(
    "orders",
    (
        Column("id", "id", required=True),
        *text("alternate_id", "reference_customer_id", "billing_cycle", "transaction_type"),
        *text("currency_code", "currency_symbol"),
        Column("creation_date", "creationDate", required=True),
        Column("status", "status"),
        Column("total_price", "totalPrice", Kind.MONEY),
        Column("partner_on_record_attestation_accepted", "partnerOnRecordAttestationAccepted", Kind.BOOL),
        Column("client", "client", Kind.JSON),
        Column("links", "links", Kind.JSON),
        Column("attributes", "attributes", Kind.JSON),
        Column("line_items_count", "_lineItemsCount", Kind.INTEGER),
    ),
    money=("total_price",),
    currency="currency_code",
)

ORDER_LINE_TABLE = Table(
    "order_line_items",
    (
        Column("order_id", "_orderId", required=True),
        Column("line_item_number", "lineItemNumber", Kind.INTEGER, required=True),
        *text("offer_id", "subscription_id", "parent_subscription_id", "term_duration", "transaction_type"),
        *text("friendly_name"),
        Column("quantity", "quantity", Kind.RATE, required=True),
        Column("partner_id_on_record", "partnerIdOnRecord", Kind.ID),
        Column("additional_partner_ids_on_record", "additionalPartnerIdsOnRecord", Kind.JSON),
        Column("provisioning_context", "provisioningContext", Kind.JSON),
        *text("promotion_id", "custom_term_end_date"),
        Column("attestation_accepted", "attestationAccepted", Kind.BOOL),
        Column("renews_to", "renewsTo", Kind.JSON),
        Column("list_price", "pricing.listPrice", Kind.RATE),
        Column("discounted_price", "pricing.discountedPrice", Kind.RATE),
        Column("prorated_price", "pricing.proratedPrice", Kind.RATE),
        Column("price", "pricing.price", Kind.RATE),
        Column("extended_price", "pricing.extendedPrice", Kind.MONEY),
        Column("product_uri", "links.product.uri"),
        Column("sku_uri", "links.sku.uri"),
        Column("availability_uri", "links.availability.uri"),
        Column("links", "links", Kind.JSON),
        Column("currency_code", "_currencyCode"),
    ),
    money=("extended_price",),
    currency="currency_code",
)


def explode_order(item: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    """An order without its lines, then each line with the order's id and currency."""
    lines = members(item, "lineItems")
    own = {key: value for key, value in item.items() if key.casefold() != "lineitems"}
    yield "orders", own | {"_lineItemsCount": len(lines)}
    for line in lines:
        yield (
            "order_line_items",
            line | {"_orderId": member(item, "id"), "_currencyCode": member(item, "currencyCode")},
        )


ORDERS = Endpoint(
    name="orders",
    docs="Get all of a customer's orders",
    path="/v1/customers/{customer_id}/orders",
    partition=("customer_id",),
    # Without the second switch the orders that the system makes stay hidden, and their charges unexplained.
    params=(("include_price", "true"), ("include_system_purchases", "true")),
    keeps_states=True,
    tables=(ORDER_TABLE, ORDER_LINE_TABLE),
    explode=explode_order,
)
