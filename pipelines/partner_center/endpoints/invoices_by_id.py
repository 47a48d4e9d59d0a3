"""One document by id: the billing period, which the list leaves out. Needs a signed-in user."""

from __future__ import annotations

from pipelines.partner_center.contract import Endpoint
from pipelines.partner_center.endpoints.invoices import INVOICE_DETAILS_TABLE, INVOICE_TABLE, explode_invoice

INVOICES_BY_ID = Endpoint(
    name="invoices_by_id",
    docs="Get invoice by ID",
    path="/v1/invoices/{invoice_id}",
    partition=("invoice_id",),
    needs_user=True,
    items="single",
    # The same tables as the list; the partition tells which call a row came from.
    tables=(INVOICE_TABLE, INVOICE_DETAILS_TABLE),
    explode=explode_invoice,
)
