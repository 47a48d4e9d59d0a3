"""What a download did, for people and for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipelines.money import money_text
from pipelines.statements.download import Fetched


def lines(fetched: Sequence[Fetched], folder: Path, *, named: bool) -> Iterator[str]:
    """One line for each document that is new or could not be had, all of them when they were `named`, then a sum."""
    for one in fetched:
        if one.result == "failed":
            yield f"not downloaded: {one.name}: {one.reason}"
        elif one.file and (named or one.result == "new"):
            state = "" if one.result == "new" else " (was there)"
            yield f"{one.file.file}{state}: {_printed(one)}"
    counts = Counter(one.result for one in fetched)
    read = sum(one.file is not None and one.file.printed_total is not None for one in fetched)
    yield (
        f"{counts['new']:,} downloaded, {counts['same']:,} were there, {counts['failed']:,} could not be had; "
        f"the total of {read:,} is read; {folder}"
    )
    if counts["new"]:
        yield "the next `recon run` compares the totals with the invoices"


def as_row(one: Fetched, folder: Path) -> dict[str, object]:
    """One document as plain values; amounts as text, exact."""
    file = one.file
    row: dict[str, object] = {
        "invoice_id": one.invoice_id,
        "receipt_id": one.receipt_id or None,
        "result": one.result,
    }
    if file is None:
        return row | {"reason": one.reason}
    total = file.printed_total
    return row | {
        "file": str(folder / file.file),
        "sha256": file.sha256,
        "bytes": file.body_bytes,
        "pages": file.page_count,
        "printed_total": None if total is None else money_text(total),
        "currency": file.currency,
        "reason": file.not_read_reason,
    }


def _printed(one: Fetched) -> str:
    file = one.file
    if file is None:
        return str(one.reason)
    if one.receipt_id:
        return str(file.not_read_reason)
    if file.printed_total is None:
        return f"total not read: {file.not_read_reason}"
    return f"{file.label} {file.printed_text} = {money_text(file.printed_total)} {file.currency}"
