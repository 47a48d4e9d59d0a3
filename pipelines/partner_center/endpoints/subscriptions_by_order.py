"""The subscriptions that one order made; asked for on demand. One-time purchases normally have none."""

from __future__ import annotations

from pipelines.partner_center.contract import Column, Endpoint, Kind, Table, text

SUBSCRIPTIONS_BY_ORDER = Endpoint(
    name="subscriptions_by_order",
    docs="Get a list of subscriptions by order",
    path="/v1/customers/{customer_id}/subscriptions",
    partition=("customer_id", "order_id"),
    params=(("order_id", "{order_id}"),),
    tables=(
        Table(
            "subscriptions_by_order",
            (
                Column("id", "id", required=True),
                *text("order_id", "offer_id", "entitlement_id", "friendly_name"),
                Column("quantity", "quantity", Kind.RATE),
                *text("unit_type", "creation_date", "effective_start_date", "commitment_end_date", "status"),
                *text("billing_cycle", "billing_type", "term_duration", "contract_type", "promotion_id"),
                Column("auto_renew_enabled", "autoRenewEnabled", Kind.BOOL),
                Column("is_trial", "isTrial", Kind.BOOL),
                Column("links", "links", Kind.JSON),
                Column("attributes", "attributes", Kind.JSON),
            ),
        ),
    ),
)
