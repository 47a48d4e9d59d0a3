"""The balance in the partner's own currency: all that an app-only sign-in may read of the balances."""

from __future__ import annotations

from pipelines.partner_center.contract import Endpoint
from pipelines.partner_center.endpoints.invoice_summaries import SUMMARY_TABLE, explode_summary

INVOICE_SUMMARY = Endpoint(
    name="invoice_summary",
    docs="Get the reseller's current account balance",
    path="/v1/invoices/summary",
    items="single",
    is_reading=True,
    tables=(SUMMARY_TABLE,),
    explode=explode_summary,
)
