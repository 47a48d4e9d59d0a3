"""Invoice PDFs and tax receipts. With quirks they claim to be JSON, and suggest names that no one should trust."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.sandbox.pdf import picture_page
from pipelines.sandbox.replies import Refused, Reply
from pipelines.sandbox.routes.common import NOT_MINE, Ask, user_only
from pipelines.sandbox.routes.invoices import issued
from pipelines.sandbox.statements import receipt_pdf, receipts_of, statement_pdf
from pipelines.sandbox.wire import dumps

if TYPE_CHECKING:
    from pipelines.sandbox.app import SandboxApp


def answer(shop: SandboxApp, ask: Ask) -> object:
    """GET /invoices/{id}/documents/statement, /invoices/{id}/receipts/{id}/documents/statement."""
    match ask.get_parts:
        case ["invoices", invoice_id, "documents", "statement"]:
            user_only(ask)
            return _statement(shop, invoice_id)
        case ["invoices", invoice_id, "receipts", receipt_id, "documents", "statement"]:
            user_only(ask)
            document = issued(shop, invoice_id)
            if receipt_id not in receipts_of(document):
                raise Refused(404, 1000, "The receipt was not found.")
            return _file(shop, receipt_pdf(document, receipt_id), receipt_id)
    return NOT_MINE


def _statement(shop: SandboxApp, invoice_id: str) -> Reply:
    document = issued(shop, invoice_id)
    faults = shop.faults.faults
    if invoice_id in faults.html_statements:
        return Reply(200, b"<html><body>Please sign in.</body></html>", [("Content-Type", "text/html")])
    if invoice_id in faults.error_statements:
        return Reply(200, dumps({"code": 3000, "description": "The document is not ready."}).encode())
    if invoice_id in faults.picture_statements:
        return _file(shop, picture_page(), invoice_id)
    body = statement_pdf(shop.world, document, shop.quirks)
    if invoice_id in faults.truncated_statements:
        body = body[: len(body) // 2]
    return _file(shop, body, invoice_id)


def _file(shop: SandboxApp, body: bytes, name: str) -> Reply:
    if shop.quirks:
        return Reply(200, body, [("Content-Disposition", f'attachment; filename="../../{name}/..\\run.exe"')])
    disposition = ("Content-Disposition", f'attachment; filename="{name}.pdf"')
    return Reply(200, body, [("Content-Type", "application/pdf"), disposition])
