"""Billed daily usage behind the usage lines of an invoice, rated at full precision.

It explains lines and is no part of a total: the sum of the days need not be the amount billed, which is cut.
"""

from __future__ import annotations

from pipelines.partner_center.contract import Column, Endpoint, Kind, Table, text

# What is billed and what is not billed yet come in the same rows.
DAILY_RATED_COLUMNS = (
    *text("partner_id", "partner_name"),
    # Often empty: then only the subscription says whose usage it is.
    *text("customer_id", "customer_name", "customer_domain_name", "customer_country"),
    Column("invoice_number", "invoiceNumber", Kind.ID),
    *text("product_id", "sku_id", "availability_id", "sku_name", "product_name", "publisher_name"),
    Column("publisher_id", "publisherId", Kind.ID),
    *text("subscription_id", "subscription_description", "charge_start_date", "charge_end_date", "usage_date"),
    # Not always a GUID: the meter of a software licence is called `1core`.
    *text("meter_type", "meter_category", "meter_id", "meter_sub_category", "meter_name", "meter_region"),
    *text("unit_of_measure", "resource_location", "consumed_service", "resource_group", "resource_uri"),
    # JSON inside text, with blanks where the sender likes them, or empty: kept as sent.
    *text("tags", "additional_info", "service_info1", "service_info2"),
    Column("mpn_id", "mpnId", Kind.ID),
    Column("reseller_mpn_id", "resellerMpnId", Kind.ID),
    *text("charge_type"),
    Column("unit_price", "unitPrice", Kind.RATE),
    Column("quantity", "quantity", Kind.RATE),
    *text("unit_type"),
    # Amounts of full precision, up to 22 digits: a column of money would be too narrow for them.
    Column("billing_pre_tax_total", "billingPreTaxTotal", Kind.RATE, required=True),
    *text("billing_currency"),
    Column("pricing_pre_tax_total", "pricingPreTaxTotal", Kind.RATE),
    *text("pricing_currency"),
    # The Azure subscription, which `subscription_id` is not.
    *text("entitlement_id", "entitlement_description"),
    Column("pc_to_bc_exchange_rate", "pcToBCExchangeRate", Kind.RATE),
    Column("pc_to_bc_exchange_rate_date", "pcToBCExchangeRateDate"),
    Column("effective_unit_price", "effectiveUnitPrice", Kind.RATE),
    Column("rate_of_partner_earned_credit", "rateOfPartnerEarnedCredit", Kind.RATE),
    # One fact under two names, of newer and of older rows.
    Column("has_partner_earned_credit", "hasPartnerEarnedCredit", Kind.BOOL),
    Column("is_partner_earned_credit_applied", "isPartnerEarnedCreditApplied", Kind.BOOL),
    *text("credit_type"),
    Column("rate_of_credit", "rateOfCredit", Kind.RATE),
    *text("invoice_line_item_type", "billing_provider"),
    Column("attributes", "attributes", Kind.JSON),
    Column("attributes_object_type", "attributes/objectType"),
)

DAILY_RATED_USAGE = Endpoint(
    name="daily_rated_usage",
    docs="Get invoice billed commercial consumption line items",
    path="/v1/invoices/{invoice_id}/lineitems",
    partition=("invoice_id", "provider", "line_item_type", "currency"),
    params=(
        ("provider", "{provider}"),
        ("invoicelineitemtype", "{line_item_type}lineitems"),
        ("currencycode", "{currency}"),
        # Listed as required although the invoice says it all; the documented call sends this word.
        ("period", "previous"),
    ),
    form="token",
    size=2000,
    tables=(
        Table(
            "daily_rated_usage",
            DAILY_RATED_COLUMNS,
            # Only the amount in the currency that the rows are counted by.
            money=("billing_pre_tax_total",),
            currency="billing_currency",
        ),
    ),
)
