"""Every endpoint, one file each. A new one is its file and a line here."""

from __future__ import annotations

from pipelines.partner_center.contract import Endpoint, Table
from pipelines.partner_center.endpoints.azure_daily_usage import AZURE_DAILY_USAGE
from pipelines.partner_center.endpoints.azure_line_items import AZURE_LINE_ITEMS
from pipelines.partner_center.endpoints.customers import CUSTOMERS
from pipelines.partner_center.endpoints.customers_by_id import CUSTOMERS_BY_ID
from pipelines.partner_center.endpoints.daily_rated_usage import DAILY_RATED_USAGE
from pipelines.partner_center.endpoints.entitlements import ENTITLEMENTS
from pipelines.partner_center.endpoints.estimate_links import ESTIMATE_LINKS
from pipelines.partner_center.endpoints.invoice_line_items import INVOICE_LINE_ITEMS
from pipelines.partner_center.endpoints.invoice_summaries import INVOICE_SUMMARIES
from pipelines.partner_center.endpoints.invoice_summary import INVOICE_SUMMARY
from pipelines.partner_center.endpoints.invoices import INVOICES
from pipelines.partner_center.endpoints.invoices_by_id import INVOICES_BY_ID
from pipelines.partner_center.endpoints.office_line_items import OFFICE_LINE_ITEMS
from pipelines.partner_center.endpoints.orders import ORDERS
from pipelines.partner_center.endpoints.orders_by_id import ORDERS_BY_ID
from pipelines.partner_center.endpoints.unbilled_daily_usage import UNBILLED_DAILY_USAGE
from pipelines.partner_center.endpoints.unbilled_line_items import UNBILLED_LINE_ITEMS

__all__ = [
    "AZURE_DAILY_USAGE",
    "AZURE_LINE_ITEMS",
    "CUSTOMERS",
    "CUSTOMERS_BY_ID",
    "DAILY_RATED_USAGE",
    "ENDPOINTS",
    "ENTITLEMENTS",
    "ESTIMATE_LINKS",
    "INVOICES",
    "INVOICES_BY_ID",
    "INVOICE_LINE_ITEMS",
    "INVOICE_SUMMARIES",
    "INVOICE_SUMMARY",
    "OFFICE_LINE_ITEMS",
    "ORDERS",
    "ORDERS_BY_ID",
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
        ORDERS,
        ORDERS_BY_ID,
        ENTITLEMENTS,
    )
}

TABLES: dict[str, Table] = {table.name: table for endpoint in ENDPOINTS.values() for table in endpoint.tables}
