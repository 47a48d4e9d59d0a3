"""The export of line items: ordered by POST, waited for, and fetched from storage as files of JSON lines.

Four orders (billed or unbilled, reconciliation or usage) under `/v1.0/reports/partners/billing`, their operations
and manifests there too, and the files under `/blobs`, which only a key in the query opens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.sandbox.export_desk import Export, Files, pieces_of
from pipelines.sandbox.export_rows import export_rows
from pipelines.sandbox.replies import Refused, Reply, json_reply
from pipelines.sandbox.routes.common import NOT_MINE, Ask
from pipelines.sandbox.wire import dumps

if TYPE_CHECKING:
    from pipelines.sandbox.app import SandboxApp

AUDIENCE = "https://graph.microsoft.com"
TENANT = "0b5e7c1d-3a4f-4e62-8d9b-6c7a8f9e0d1c"
_TYPES = {"running": "runningOperation", "done": "exportSuccessOperation", "failed": "failedOperation"}


def answer(shop: SandboxApp, ask: Ask) -> object:
    """POST …/{reconciliation|usage}/{billed|unbilled}/export, GET …/operations/{id}, …/manifests/{id}, /blobs/…."""
    if ask.area == "blobs":
        return _blob(shop, ask)
    if ask.area != "v1.0" or ask.parts[:3] != ["reports", "partners", "billing"]:
        return NOT_MINE
    if ask.audience.rstrip("/") != AUDIENCE:
        raise Refused(401, None, "Access token validation failure. Invalid audience.")
    if shop.faults.faults.export_forbidden:
        raise Refused(403, None, "The app does not have the permission for this.")
    match ask.method, ask.parts[3:]:
        case "POST", [subject, state, "export"] if subject in ("reconciliation", "usage"):
            return _order(shop, ask, subject, state)
        case "GET", ["operations", name]:
            return _operation(shop, ask, name)
        case "GET", ["manifests", name]:
            return _manifest(shop, ask, _known(shop, name))
    return NOT_MINE


def _order(shop: SandboxApp, ask: Ask, subject: str, state: str) -> Reply:
    body = ask.json()
    if not isinstance(body, dict) or body.get("attributeSet", "full") not in ("full", "basic"):
        raise Refused(400, None, "The request body is not valid.")
    if state == "billed":
        invoice_id, period, currency = str(body.get("invoiceId") or ""), "", ""
        document = shop.live.document(invoice_id)
        if document is None or not document.is_shown_at(shop.clock):
            raise Refused(400, None, "The invoice id is not valid.")
        if invoice_id in shop.faults.faults.missing_line_items:
            raise Refused(404, None, "The line items were not found.")
    elif state == "unbilled":
        invoice_id, period = "", str(body.get("billingPeriod") or "")
        currency = str(body.get("currencyCode") or "")
        if period not in ("current", "last") or len(currency) != 3 or not currency.isupper():
            raise Refused(400, None, "The billing period or the currency code is not valid.")
    else:
        return json_reply(404, dumps({"error": {"code": "NotFound", "message": "Not found."}}))
    export = shop.exports.order(subject, invoice_id, period, currency, fails=shop.faults.uses_up("failing_exports"))
    reply = Reply(202, b"")
    reply.headers.append(("Location", f"{_base(ask)}/reports/partners/billing/operations/{export.id}"))
    return reply


def _operation(shop: SandboxApp, ask: Ask, name: str) -> Reply:
    faults = shop.faults.faults
    if shop.faults.uses_up("lost_operations"):
        shop.exports.lose(name)
    export = _known(shop, name)
    turn = shop.exports.poll(export)
    body: dict[str, Any] = {"id": export.id, "createdDateTime": shop.clock.isoformat()[:19]}
    if faults.endless_exports or turn < export.patience(shop.quirks):
        words = ("notStarted", "running", faults.export_word or "running")
        reply = _state(body, "running", words[min(turn, 2)])
        if faults.export_retry_after != "none":
            reply.headers.append(("Retry-After", faults.export_retry_after))
        return reply
    if export.fails:
        return _state(body, "failed", "failed", error={"message": "Something went wrong.", "code": "5001"})
    if _is_empty(shop, export):
        return _state(body, "failed", "failed", error={"message": "No data available", "code": "5000"})
    word = "succeeded" if export.variant % 2 else "completed"
    if shop.quirks and export.variant % 3 == 0:
        return _state(body, "done", word, resourceLocation=_manifest(shop, ask, export))
    link = f"{_base(ask)}/reports/partners/billing/manifests/{export.id}"
    return _state(body, "done", word, **{"resourceLocation@odata.navigationLink": link})


def _state(body: dict[str, Any], kind: str, word: str, **more: object) -> Reply:
    kind_name = f"#microsoft.graph.partners.billing.{_TYPES[kind]}"
    return json_reply(200, dumps({"@odata.type": kind_name, **body, "status": word, **more}))


def _manifest(shop: SandboxApp, ask: Ask, export: Export) -> dict[str, Any]:
    faults = shop.faults.faults
    files = _files(shop, export)
    month = shop.clock.strftime("%Y%m")
    fragment = f"InvoiceId={export.invoice_id or 'unbilled'}/InvoiceVersion=1/Fragment=full/PartitionType=default"
    host = ask.header("host").partition(":")
    # Storage is another host than the API, as it is in the world.
    storage = f"http://localhost:{host[2]}" if host[2] else "http://localhost"
    root = f"{storage}/blobs/{export.id}/PartnerTenantId={TENANT}/BillingMonth={month}/{fragment}"
    key = shop.exports.key(export)
    if faults.older_manifest:
        return {"version": "1", "rootFolder": root, "rootFolderSAS": key, "blobCount": len(files.blobs), "blobs": []}
    names = [{"name": name, "partitionValue": "default"} for name in files.blobs]
    return {
        "id": export.id,
        "schemaVersion": "1",
        "dataFormat": "compressedJSONLines" if export.variant % 2 else "compressedJSON",
        "createdDateTime": shop.clock.isoformat()[:19] + ".87Z",
        "eTag": files.etag,
        "partnerTenantId": TENANT,
        "rootDirectory": root,
        "sasToken": key,
        "partitionType": "default",
        "blobCount": len(names) + (1 if faults.wrong_blob_count else 0),
        "blobs": names,
    }


def _blob(shop: SandboxApp, ask: Ask) -> Reply:
    if "authorization" in ask.call.headers:
        return _storage_error(400, "InvalidAuthenticationInfo")
    export = shop.exports.known(ask.parts[0]) if ask.parts else None
    if export is None or ask.method != "GET":
        return _storage_error(404, "BlobNotFound")
    if not shop.exports.opens(export, ask.query.get("sig", "")) or shop.faults.uses_up("expired_keys"):
        return _storage_error(403, "AuthenticationFailed")
    if shop.faults.uses_up("storage_errors"):
        return _storage_error(503, "ServerBusy")
    files = _files(shop, export)
    data = files.blobs.get(ask.parts[-1])
    if data is None:
        return _storage_error(404, "BlobNotFound")
    if shop.faults.faults.bomb_blobs:
        data = pieces_of(b" " * 64 * 1024 * 1024)
    reply = Reply(200, data, [("Content-Type", "application/octet-stream"), ("ETag", f'"{files.etag}"')])
    if shop.faults.uses_up("truncated_blobs"):
        reply.sent = len(data) // 2
    return reply


def _files(shop: SandboxApp, export: Export) -> Files:
    is_restated = shop.world.is_restated(export.invoice_id, shop.clock)
    return shop.exports.files(export, lambda: export_rows(shop, export), is_restated=is_restated)


def _is_empty(shop: SandboxApp, export: Export) -> bool:
    if export.invoice_id and export.invoice_id in shop.faults.faults.empty_exports:
        return True
    return not _files(shop, export).blobs


def _known(shop: SandboxApp, name: str) -> Export:
    export = shop.exports.known(name)
    if export is None:
        raise Refused(404, None, "The operation was not found.")
    return export


def _storage_error(status: int, code: str) -> Reply:
    body = f'<?xml version="1.0" encoding="utf-8"?><Error><Code>{code}</Code><Message>{code}.</Message></Error>'
    return Reply(status, body.encode(), [("Content-Type", "application/xml")])


def _base(ask: Ask) -> str:
    host = ask.header("host")
    scheme = "http" if host.partition(":")[0] in ("127.0.0.1", "localhost") else "https"
    return f"{scheme}://{host}/v1.0"
