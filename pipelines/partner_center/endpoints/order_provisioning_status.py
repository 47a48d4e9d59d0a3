"""How far the delivery of one order is: fulfilled, cancelled or still pending, line by line."""

from __future__ import annotations

from pipelines.partner_center.contract import Column, Endpoint, Kind, Table

ORDER_PROVISIONING_STATUS = Endpoint(
    name="order_provisioning_status",
    docs="Get the provisioning status of an order",
    path="/v1/customers/{customer_id}/orders/{order_id}/provisioningstatus",
    partition=("customer_id", "order_id"),
    tables=(
        Table(
            "order_provisioning_status",
            (
                Column("line_item_number", "lineItemNumber", Kind.INTEGER, required=True),
                Column("status", "status"),
                Column("quantity_provisioning_information", "quantityProvisioningInformation", Kind.JSON),
                Column("attributes", "attributes", Kind.JSON),
            ),
        ),
    ),
)
