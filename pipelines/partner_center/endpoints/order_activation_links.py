"""Where a customer activates one order line; asked for on demand. Only lines of some publishers have a link."""

from __future__ import annotations

from pipelines.partner_center.contract import Column, Endpoint, Kind, Table

ORDER_ACTIVATION_LINKS = Endpoint(
    name="order_activation_links",
    docs="Get activation link by order line item",
    path="/v1/customers/{customer_id}/orders/{order_id}/lineitems/{line_item_number}/activationlinks",
    partition=("customer_id", "order_id", "line_item_number"),
    tables=(
        Table(
            "order_activation_links",
            (
                Column("line_item_number", "lineItemNumber", Kind.INTEGER, required=True),
                Column("uri", "link.uri"),
                Column("link", "link", Kind.JSON),
            ),
        ),
    ),
)
