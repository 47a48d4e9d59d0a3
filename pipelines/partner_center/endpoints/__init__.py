"""Every endpoint, one file each. A new one is its file and a line here."""

from __future__ import annotations

from pipelines.partner_center.contract import Endpoint, Table
from pipelines.partner_center.endpoints.audit_records import AUDIT_RECORDS
from pipelines.partner_center.endpoints.availabilities import AVAILABILITIES
from pipelines.partner_center.endpoints.availabilities_by_id import AVAILABILITIES_BY_ID
from pipelines.partner_center.endpoints.azure_daily_usage import AZURE_DAILY_USAGE
from pipelines.partner_center.endpoints.azure_line_items import AZURE_LINE_ITEMS
from pipelines.partner_center.endpoints.customer_availabilities import CUSTOMER_AVAILABILITIES
from pipelines.partner_center.endpoints.customer_products import CUSTOMER_PRODUCTS
from pipelines.partner_center.endpoints.customer_skus import CUSTOMER_SKUS
from pipelines.partner_center.endpoints.customers import CUSTOMERS
from pipelines.partner_center.endpoints.customers_by_id import CUSTOMERS_BY_ID
from pipelines.partner_center.endpoints.daily_rated_usage import DAILY_RATED_USAGE
from pipelines.partner_center.endpoints.entitlements import ENTITLEMENTS
from pipelines.partner_center.endpoints.entitlements_by_type import ENTITLEMENTS_BY_TYPE
from pipelines.partner_center.endpoints.estimate_links import ESTIMATE_LINKS
from pipelines.partner_center.endpoints.fx_rates import FX_RATES
from pipelines.partner_center.endpoints.inventory import INVENTORY
from pipelines.partner_center.endpoints.invoice_line_items import INVOICE_LINE_ITEMS
from pipelines.partner_center.endpoints.invoice_statements import INVOICE_STATEMENTS
from pipelines.partner_center.endpoints.invoice_summaries import INVOICE_SUMMARIES
from pipelines.partner_center.endpoints.invoice_summary import INVOICE_SUMMARY
from pipelines.partner_center.endpoints.invoices import INVOICES
from pipelines.partner_center.endpoints.invoices_by_id import INVOICES_BY_ID
from pipelines.partner_center.endpoints.office_line_items import OFFICE_LINE_ITEMS
from pipelines.partner_center.endpoints.order_activation_links import ORDER_ACTIVATION_LINKS
from pipelines.partner_center.endpoints.order_provisioning_status import ORDER_PROVISIONING_STATUS
from pipelines.partner_center.endpoints.orders import ORDERS
from pipelines.partner_center.endpoints.orders_by_billing_type import ORDERS_BY_BILLING_TYPE
from pipelines.partner_center.endpoints.orders_by_id import ORDERS_BY_ID
from pipelines.partner_center.endpoints.price_sheets import PRICE_SHEETS
from pipelines.partner_center.endpoints.products import PRODUCTS
from pipelines.partner_center.endpoints.products_by_id import PRODUCTS_BY_ID
from pipelines.partner_center.endpoints.reservations import RESERVATIONS
from pipelines.partner_center.endpoints.skus import SKUS
from pipelines.partner_center.endpoints.skus_by_id import SKUS_BY_ID
from pipelines.partner_center.endpoints.subscriptions_by_order import SUBSCRIPTIONS_BY_ORDER
from pipelines.partner_center.endpoints.unbilled_daily_usage import UNBILLED_DAILY_USAGE
from pipelines.partner_center.endpoints.unbilled_line_items import UNBILLED_LINE_ITEMS

__all__ = [
    "AUDIT_RECORDS",
    "AVAILABILITIES",
    "AVAILABILITIES_BY_ID",
    "AZURE_DAILY_USAGE",
    "AZURE_LINE_ITEMS",
    "CUSTOMERS",
    "CUSTOMERS_BY_ID",
    "CUSTOMER_AVAILABILITIES",
    "CUSTOMER_PRODUCTS",
    "CUSTOMER_SKUS",
    "DAILY_RATED_USAGE",
    "ENDPOINTS",
    "ENTITLEMENTS",
    "ENTITLEMENTS_BY_TYPE",
    "ESTIMATE_LINKS",
    "FX_RATES",
    "INVENTORY",
    "INVOICES",
    "INVOICES_BY_ID",
    "INVOICE_LINE_ITEMS",
    "INVOICE_STATEMENTS",
    "INVOICE_SUMMARIES",
    "INVOICE_SUMMARY",
    "OFFICE_LINE_ITEMS",
    "ORDERS",
    "ORDERS_BY_BILLING_TYPE",
    "ORDERS_BY_ID",
    "ORDER_ACTIVATION_LINKS",
    "ORDER_PROVISIONING_STATUS",
    "PRICE_SHEETS",
    "PRODUCTS",
    "PRODUCTS_BY_ID",
    "RESERVATIONS",
    "SKUS",
    "SKUS_BY_ID",
    "SUBSCRIPTIONS_BY_ORDER",
    "TABLES",
    "UNBILLED_DAILY_USAGE",
    "UNBILLED_LINE_ITEMS",
]

ENDPOINTS: dict[str, Endpoint] = {
    endpoint.name: endpoint
    for endpoint in (
        CUSTOMERS,
        CUSTOMERS_BY_ID,
        INVOICES,
        INVOICES_BY_ID,
        INVOICE_LINE_ITEMS,
        DAILY_RATED_USAGE,
        OFFICE_LINE_ITEMS,
        AZURE_LINE_ITEMS,
        AZURE_DAILY_USAGE,
        UNBILLED_LINE_ITEMS,
        UNBILLED_DAILY_USAGE,
        ESTIMATE_LINKS,
        INVOICE_SUMMARY,
        INVOICE_SUMMARIES,
        INVOICE_STATEMENTS,
        ORDERS,
        ORDERS_BY_ID,
        ORDERS_BY_BILLING_TYPE,
        ORDER_PROVISIONING_STATUS,
        ORDER_ACTIVATION_LINKS,
        SUBSCRIPTIONS_BY_ORDER,
        AUDIT_RECORDS,
        ENTITLEMENTS,
        ENTITLEMENTS_BY_TYPE,
        RESERVATIONS,
        PRODUCTS,
        PRODUCTS_BY_ID,
        SKUS,
        SKUS_BY_ID,
        AVAILABILITIES,
        AVAILABILITIES_BY_ID,
        CUSTOMER_PRODUCTS,
        CUSTOMER_SKUS,
        CUSTOMER_AVAILABILITIES,
        INVENTORY,
        PRICE_SHEETS,
        FX_RATES,
    )
}

TABLES: dict[str, Table] = {table.name: table for endpoint in ENDPOINTS.values() for table in endpoint.tables}
