"""Billed one-time-provider lines: reservations, software, marketplace and plan totals.

Older rows (`org:` customer ids, provider names, quote id, numbers) and newer rows (plain ids, publisher
names, numbers as text) come in one response; both are read by the same declaration.
"""

from __future__ import annotations

from pipelines.partner_center.contract import Column, Endpoint, Kind, Table, text

# What is billed and what is not billed yet come in the same rows.
ONE_TIME_COLUMNS = (
    *text("partner_id"),
    Column("customer_id", "customerId", required=True),
    *text("customer_name", "customer_domain_name", "customer_country"),
    Column("invoice_number", "invoiceNumber", Kind.ID),
    Column("mpn_id", "mpnId", Kind.ID),
    Column("reseller_mpn_id", "resellerMpnId", Kind.ID),
    Column("order_id", "orderId", Kind.ID),
    Column("alternate_id", "alternateId", Kind.ID),
    Column("quote_id", "quoteId", Kind.ID),
    *text("order_date", "product_id", "sku_id", "availability_id", "product_name", "sku_name"),
    Column("product_qualifiers", "productQualifiers", Kind.JSON),
    *text("charge_type"),
    Column("unit_price", "unitPrice", Kind.RATE),
    Column("effective_unit_price", "effectiveUnitPrice", Kind.RATE),
    *text("unit_type"),
    Column("quantity", "quantity", Kind.RATE),
    Column("billable_quantity", "billableQuantity", Kind.RATE),
    Column("subtotal", "subtotal", Kind.MONEY, required=True),
    Column("tax_total", "taxTotal", Kind.MONEY),
    Column("total_for_customer", "totalForCustomer", Kind.MONEY, required=True),
    *text("currency", "publisher_name", "publisher_id", "provider_name", "provider_id"),
    *text("subscription_description", "subscription_id"),
    *text("subscription_start_date", "subscription_end_date", "charge_start_date", "charge_end_date"),
    *text("term_and_billing_cycle", "billing_frequency", "reference_id"),
    *text("price_adjustment_description", "discount_details", "pricing_currency"),
    Column("pc_to_bc_exchange_rate", "pcToBCExchangeRate", Kind.RATE),
    Column("pc_to_bc_exchange_rate_date", "pcToBCExchangeRateDate"),
    *text("meter_description", "reservation_order_id", "credit_reason_code", "promotion_id"),
    *text("invoice_line_item_type", "billing_provider"),
    Column("attributes", "attributes", Kind.JSON),
    Column("attributes_object_type", "attributes/objectType"),
)

INVOICE_LINE_ITEMS = Endpoint(
    name="invoice_line_items",
    docs="Get invoice line items",
    path="/v1/invoices/{invoice_id}/lineitems",
    partition=("invoice_id", "provider", "line_item_type"),
    params=(("provider", "{provider}"), ("invoicelineitemtype", "{line_item_type}lineitems")),
    form="token",
    size=2000,
    tables=(
        Table(
            "invoice_line_items",
            ONE_TIME_COLUMNS,
            money=("subtotal", "tax_total", "total_for_customer"),
            currency="currency",
        ),
    ),
)
