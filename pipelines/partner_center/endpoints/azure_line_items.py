"""Usage lines of a legacy Azure invoice: what was used in the period, and its price."""

from __future__ import annotations

from pipelines.partner_center.contract import Column, Endpoint, Kind, Table, text

# Priced lines and the daily rows behind them name customer, subscription and resource alike.
LEGACY_USAGE_COLUMNS = (
    *text("partner_id", "partner_name"),
    Column("partner_billable_account_id", "partnerBillableAccountId", Kind.ID),
    # One fact under two names: the description says `customerName`, the rows the other.
    *text("customer_id", "domain_name", "customer_company_name", "customer_name"),
    Column("mpn_id", "mpnId", Kind.ID),
    # A number here and a text in newer rows; -1 is none.
    Column("tier2_mpn_id", "tier2MpnId", Kind.ID),
    Column("invoice_number", "invoiceNumber", Kind.ID),
    *text("subscription_id", "subscription_name", "subscription_description", "billing_cycle_type"),
    # 18 digits, and no order of Partner Center.
    Column("order_id", "orderId", Kind.ID),
    *text("service_name", "service_type", "resource_guid", "resource_name", "region"),
    Column("consumed_quantity", "consumedQuantity", Kind.RATE),
    *text("charge_start_date", "charge_end_date", "unit"),
    *text("invoice_line_item_type", "billing_provider"),
    Column("attributes", "attributes", Kind.JSON),
    Column("attributes_object_type", "attributes/objectType"),
)

AZURE_LINE_ITEMS = Endpoint(
    name="azure_line_items",
    docs="Get invoice line items",
    path="/v1/invoices/{invoice_id}/lineitems",
    partition=("invoice_id", "provider", "line_item_type"),
    params=(("provider", "{provider}"), ("invoicelineitemtype", "{line_item_type}lineitems")),
    form="offset",
    size=2000,
    tables=(
        Table(
            "azure_line_items",
            (
                # Which part of a consumption that is priced in tiers; not unique, so no key.
                Column("detail_line_item_id", "detailLineItemId", Kind.INTEGER),
                Column("sku", "sku", Kind.ID),
                Column("included_quantity", "includedQuantity", Kind.RATE),
                Column("overage_quantity", "overageQuantity", Kind.RATE),
                Column("list_price", "listPrice", Kind.RATE),
                Column("consumption_price", "consumptionPrice", Kind.RATE),
                Column("consumption_discount", "consumptionDiscount", Kind.RATE),
                *text("currency"),
                # Also written `preTaxCharges`, which is the same without case.
                Column("pretax_charges", "pretaxCharges", Kind.MONEY, required=True),
                Column("tax_amount", "taxAmount", Kind.MONEY),
                Column("post_tax_total", "postTaxTotal", Kind.MONEY, required=True),
                Column("pretax_effective_rate", "pretaxEffectiveRate", Kind.RATE),
                Column("post_tax_effective_rate", "postTaxEffectiveRate", Kind.RATE),
                *text("charge_type"),
                *LEGACY_USAGE_COLUMNS,
            ),
            money=("pretax_charges", "tax_amount", "post_tax_total"),
            currency="currency",
        ),
    ),
)
