"""The files in `statements/` and what the landing says about them.

A name is made here from ids that were looked at, whatever the API suggests:

    G000024130.pdf                   the statement of an invoice
    G000024130.v2.pdf                the same after the document had changed; the first one stays
    G000024130.receipt-TW1.pdf       a tax receipt
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipelines.errors import RequestRefused
from pipelines.files import sha256_of, sync_folder, write_atomically
from pipelines.gate import WalkGate
from pipelines.landing import Landing, Manifest
from pipelines.money import money_text
from pipelines.partner_center.contract import camel
from pipelines.partner_center.endpoints.invoice_statements import INVOICE_STATEMENTS
from pipelines.partner_center.pages import read_page
from pipelines.statements.pdf_files import PdfReading

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


@dataclass(frozen=True)
class KeptFile:
    """One document on disk, as it is landed.

    Shape:   `receipt_id` is "" for the statement itself; `header_hash` and `header_total` are of the invoice
             when the file was fetched. Either `printed_total` and its `currency`, or `not_read_reason`.
    Units:   `printed_total` in `currency`, exact.
    """

    invoice_id: str
    receipt_id: str
    version: int
    file: str
    sha256: str
    body_bytes: int
    page_count: int | None
    printed_total: Decimal | None
    currency: str | None
    printed_text: str | None
    label: str | None
    not_read_reason: str | None
    header_hash: str
    header_total: Decimal | None
    downloaded_at: str

    def with_reading(self, reading: PdfReading) -> KeptFile:
        """The same file with what could be read of it."""
        found = reading.total
        return replace(
            self,
            page_count=reading.page_count,
            printed_total=found.total,
            currency=found.currency,
            printed_text=found.printed,
            label=found.label,
            not_read_reason=found.reason,
        )


def file_name(invoice_id: str, receipt_id: str, version: int) -> str:
    """The name of a document on disk.

    Errors:  RequestRefused for an id with anything but letters, digits, hyphens and underscores.
    """
    for name in (invoice_id, *([receipt_id] if receipt_id else [])):
        if not _ID.fullmatch(name):
            raise RequestRefused(f"the id {name!r} cannot be part of a file name; nothing was asked for")
    receipt = f".receipt-{receipt_id}" if receipt_id else ""
    return f"{invoice_id}{receipt}{'' if version == 1 else f'.v{version}'}.pdf"


def keep(folder: Path, body: bytes, invoice_id: str, receipt_id: str, newest: int) -> tuple[str, int]:
    """Writes a document under the next version that is free; an equal file of that version is left as it is.

    Shape:   (file name, version); `newest` is the newest version known, 0 for none.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    version = max(newest, 1)
    while True:
        path = folder / file_name(invoice_id, receipt_id, version)
        if not path.exists():
            write_atomically(path, body)
            sync_folder(folder)
            return path.name, version
        if sha256_of(path.read_bytes()) == sha256_of(body):
            return path.name, version
        version += 1


def kept_files(landing: Landing, invoice_id: str) -> dict[str, KeptFile]:
    """What is landed of one invoice: receipt id ("" for the statement) and file."""
    values = {"invoice_id": invoice_id}
    current = landing.partition(INVOICE_STATEMENTS.name, values, INVOICE_STATEMENTS.partition_id(values)).current
    if current is None:
        return {}
    page = json.loads(landing.page_bytes(current, current.pages[0]))
    files = (_from_wire(item) for item in page["items"])
    return {file.receipt_id: file for file in files}


def land(landing: Landing, files: Sequence[KeptFile], read_at: str, correlation_id: str) -> None:
    """Lands all files of one invoice as one page of our own, so that the database can be made again from it."""
    values = {"invoice_id": files[0].invoice_id}
    name = INVOICE_STATEMENTS.partition_id(values)
    body = json.dumps({"items": [_to_wire(file) for file in files]}).encode()
    page = read_page(body, INVOICE_STATEMENTS)
    gate = WalkGate(name)
    table = INVOICE_STATEMENTS.tables[0]
    gate.take(
        1,
        page.item_count,
        None,
        page.fingerprint(),
        {table.name: (page.tables[table.name], table.currency, table.money)},
    )
    before = landing.partition(INVOICE_STATEMENTS.name, values, name).current
    sequence = before.sequence + 1 if before else 1
    content_hash = sha256_of(page.fingerprint().encode())
    walk = landing.open_walk(INVOICE_STATEMENTS.name, values)
    walk.add_page(body, item_count=page.item_count, announced=None, repeats_page=None, request_id=None)
    walk.complete(
        Manifest(
            endpoint=INVOICE_STATEMENTS.name,
            partition=values,
            partition_id=name,
            walk_id=f"{sequence:06d}-{content_hash[:12]}",
            sequence=sequence,
            read_at=read_at,
            source_api="v1",
            content_hash=content_hash,
            item_count=gate.item_count,
            totals=gate.verdict(),
            pages=walk.pages,
            correlation_id=correlation_id,
        )
    )


def _to_wire(file: KeptFile) -> dict[str, Any]:
    def plain(value: object) -> object:
        return money_text(value) if isinstance(value, Decimal) else value

    return {camel(name): plain(value) for name, value in asdict(file).items()}


def _from_wire(item: dict[str, Any]) -> KeptFile:
    values: dict[str, Any] = {name: item.get(camel(name)) for name in KeptFile.__dataclass_fields__}
    for name in ("printed_total", "header_total"):
        values[name] = None if values[name] is None else Decimal(values[name])
    return KeptFile(**values)
