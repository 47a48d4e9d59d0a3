"""All billing documents: invoices, their notes, and which line item calls each of them offers.

An amendment may stand inside its base document and in the list as well: both become rows, `nested_in`
tells them apart, and staging counts every id once.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.partner_center.contract import Column, Endpoint, JsonObject, Kind, Table, text
from pipelines.partner_center.values import member, members

INVOICE_TABLE = Table(
    "invoices",
    (
        Column("id", "id", Kind.ID, required=True),
        *text("invoice_date", "billing_period_start_date", "billing_period_end_date"),
        Column("total_charges", "totalCharges", Kind.MONEY, required=True),
        Column("paid_amount", "paidAmount", Kind.MONEY),
        *text("currency_code", "currency_symbol", "pdf_download_link"),
        Column("tax_receipts", "taxReceipts", Kind.JSON),
        *text("document_type"),
        Column("amends_of", "amendsOf", Kind.ID),
        *text("invoice_type", "state"),
        Column("links", "links", Kind.JSON),
        Column("attributes", "attributes", Kind.JSON),
        # The four below are ours: what stood around the document, told by `explode_invoice`.
        Column("nested_in", "_nestedIn", Kind.ID),
        Column("has_invoice_details", "_hasInvoiceDetails", Kind.BOOL),
        Column("invoice_details_count", "_invoiceDetailsCount", Kind.INTEGER),
        Column("amendments_count", "_amendmentsCount", Kind.INTEGER),
    ),
    money=("total_charges", "paid_amount"),
    currency="currency_code",
)

INVOICE_DETAILS_TABLE = Table(
    "invoice_details",
    (
        Column("invoice_id", "_invoiceId", Kind.ID, required=True),
        Column("nested_in", "_nestedIn", Kind.ID),
        *text("invoice_line_item_type", "billing_provider"),
        Column("links", "links", Kind.JSON),
        Column("attributes", "attributes", Kind.JSON),
    ),
)


def explode_invoice(item: JsonObject, nested_in: str | None = None) -> Iterator[tuple[str, JsonObject]]:
    """A document, its line item calls, and the amendments inside it, each as a row of its own."""
    details = members(item, "invoiceDetails")
    amendments = members(item, "amendments")
    own = {key: value for key, value in item.items() if key.casefold() not in ("invoicedetails", "amendments")}
    yield (
        "invoices",
        own
        | {
            "_nestedIn": nested_in,
            "_hasInvoiceDetails": member(item, "invoiceDetails") is not None,
            "_invoiceDetailsCount": len(details),
            "_amendmentsCount": len(amendments),
        },
    )
    for detail in details:
        yield "invoice_details", detail | {"_invoiceId": member(item, "id"), "_nestedIn": nested_in}
    for amendment in amendments:
        yield from explode_invoice(amendment, nested_in=str(member(item, "id")))


INVOICES = Endpoint(
    name="invoices",
    docs="Get a collection of invoices",
    path="/v1/invoices",
    form="offset",
    size=200,
    tables=(INVOICE_TABLE, INVOICE_DETAILS_TABLE),
    explode=explode_invoice,
    keeps_states=True,
)
