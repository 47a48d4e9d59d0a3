"""Statements and tax receipts that were downloaded, and the totals read from them.

The call gives a PDF. What lands is a page of our own about the file: where it is, its hash, and what it prints.
"""

from __future__ import annotations

from pipelines.partner_center.contract import Column, Endpoint, Kind, Table, text

INVOICE_STATEMENTS = Endpoint(
    name="invoice_statements",
    docs="Get invoice statement",
    path="/v1/invoices/{invoice_id}/documents/statement",
    partition=("invoice_id",),
    needs_user=True,
    # A PDF is evidence; a run is whole without it.
    is_informational=True,
    tables=(
        Table(
            "invoice_statements",
            (
                Column("invoice_id", "invoiceId", Kind.ID, required=True),
                Column("receipt_id", "receiptId", Kind.ID),
                Column("version", "version", Kind.INTEGER, required=True),
                *text("file", "sha256"),
                Column("body_bytes", "bodyBytes", Kind.INTEGER),
                Column("page_count", "pageCount", Kind.INTEGER),
                Column("printed_total", "printedTotal", Kind.MONEY),
                *text("currency", "printed_text", "label", "not_read_reason", "header_hash"),
                Column("header_total", "headerTotal", Kind.MONEY),
                *text("downloaded_at"),
            ),
            money=("printed_total",),
            currency="currency",
        ),
    ),
)
