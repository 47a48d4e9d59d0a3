"""Licence lines of a legacy invoice.

Ids here belong to the old billing platform: of all of them only `syndication_partner_subscription_number`
and `durable_offer_id` mean something elsewhere. There is no invoice number; the partition knows it.
"""

from __future__ import annotations

from pipelines.partner_center.contract import Column, Endpoint, Kind, Table, text

OFFICE_LINE_ITEMS = Endpoint(
    name="office_line_items",
    docs="Get invoice line items",
    path="/v1/invoices/{invoice_id}/lineitems",
    partition=("invoice_id", "provider", "line_item_type"),
    params=(("provider", "{provider}"), ("invoicelineitemtype", "{line_item_type}lineitems")),
    form="offset",
    size=2000,
    tables=(
        Table(
            "office_line_items",
            (
                # GUIDs in upper case.
                *text("partner_id", "customer_id", "customer_name"),
                Column("mpn_id", "mpnId", Kind.ID),
                # A number here and a text in newer rows; -1 is none.
                Column("tier2_mpn_id", "tier2MpnId", Kind.ID),
                # 18 digits, and no order of Partner Center.
                Column("order_id", "orderId", Kind.ID),
                *text("subscription_id", "syndication_partner_subscription_number", "offer_id", "durable_offer_id"),
                *text("offer_name", "domain_name", "billing_cycle_type"),
                *text("subscription_name", "subscription_description"),
                *text("subscription_start_date", "subscription_end_date", "charge_start_date", "charge_end_date"),
                *text("charge_type"),
                Column("unit_price", "unitPrice", Kind.RATE),
                Column("quantity", "quantity", Kind.RATE),
                # Described as text, sent as a number.
                Column("amount", "amount", Kind.MONEY),
                Column("total_other_discount", "totalOtherDiscount", Kind.MONEY),
                Column("subtotal", "subtotal", Kind.MONEY, required=True),
                Column("tax", "tax", Kind.MONEY),
                Column("total_for_customer", "totalForCustomer", Kind.MONEY, required=True),
                *text("currency", "invoice_line_item_type", "billing_provider"),
                Column("attributes", "attributes", Kind.JSON),
                Column("attributes_object_type", "attributes/objectType"),
            ),
            money=("amount", "total_other_discount", "subtotal", "tax", "total_for_customer"),
            currency="currency",
        ),
    ),
)
