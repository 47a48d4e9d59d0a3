"""Daily usage behind a legacy Azure invoice: quantities only, neither price nor currency."""

from __future__ import annotations

from pipelines.partner_center.contract import Column, Endpoint, Kind, Table, text
from pipelines.partner_center.endpoints.azure_line_items import LEGACY_USAGE_COLUMNS

AZURE_DAILY_USAGE = Endpoint(
    name="azure_daily_usage",
    docs="Get invoice line items",
    path="/v1/invoices/{invoice_id}/lineitems",
    partition=("invoice_id", "provider", "line_item_type"),
    params=(("provider", "{provider}"), ("invoicelineitemtype", "{line_item_type}lineitems")),
    form="offset",
    size=2000,
    tables=(
        Table(
            "azure_daily_usage",
            (
                Column("customer_billable_account", "customerBillableAccount", Kind.ID),
                *text("usage_date"),
                # Documented for this record only, and rarely sent.
                *text("metered_service", "metered_service_type", "metered_region", "project", "service_info"),
                *LEGACY_USAGE_COLUMNS,
            ),
        ),
    ),
)
