"""What counts as a PDF that arrived whole, and what can be read of it."""

from __future__ import annotations

import io
import json
import logging
from dataclasses import dataclass, replace

from pipelines.errors import PageContractBroken, RequestRefused
from pipelines.statements.printed_total import PrintedTotal, find_printed_total

# A statement of a hundred thousand lines has some megabytes.
MAX_BYTES = 64 * 1024 * 1024
# The total stands on the first pages or on the last one.
FIRST_PAGES, MAX_CHARACTERS = 5, 200_000
# Readers of PDFs look for both marks within so many bytes of the ends.
_NEAR = 1024


@dataclass(frozen=True)
class PdfReading:
    """Pages of a document and the total that it prints; `page_count` is None for one that cannot be opened."""

    page_count: int | None
    total: PrintedTotal


def check_pdf(body: bytes) -> None:
    """Whether a body is a whole PDF, by its bytes alone: the content type of this call says nothing.

    Errors:  ValueError for a body that is none or lacks its end, which asking again may mend; PageContractBroken
             for JSON, which is an error in disguise; RequestRefused for a file larger than is kept.
    """
    if len(body) > MAX_BYTES:
        raise RequestRefused(f"the document has {len(body):,} bytes, more than the {MAX_BYTES:,} that are kept")
    if b"%PDF-" not in body[:_NEAR]:
        if _is_json(body):
            raise PageContractBroken(f"instead of a PDF came: {_one_line(body)}")
        raise ValueError(f"no PDF: {_one_line(body) or 'nothing'}")
    if b"%%EOF" not in body[-_NEAR:]:
        raise ValueError("the PDF has no end")


def read_pdf(body: bytes) -> PdfReading:
    """What the document prints. Never fails: whatever keeps it from being read is the reason given."""
    import pypdf

    # Its remarks about odd files would stand between our own lines.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    pages = None
    try:
        reader = pypdf.PdfReader(io.BytesIO(body))
        if reader.is_encrypted:
            return PdfReading(None, PrintedTotal(reason="the PDF is encrypted"))
        pages = len(reader.pages)
        wanted = sorted({*range(min(pages, FIRST_PAGES)), pages - 1} if pages else set())
        text = "\n".join(reader.pages[number].extract_text() for number in wanted)
    except Exception as error:
        # A library that reads files of strangers may fail in any way; the file itself is kept all the same.
        return PdfReading(pages, PrintedTotal(reason=f"the PDF cannot be read ({type(error).__name__})"))
    return PdfReading(pages, find_printed_total(text[:MAX_CHARACTERS]))


def read_receipt(body: bytes) -> PdfReading:
    """A tax receipt: kept, and not read for a total, since it has none to compare."""
    return replace(read_pdf(body), total=PrintedTotal(reason="a receipt, kept and not read"))


def _is_json(body: bytes) -> bool:
    try:
        return isinstance(json.loads(body.decode("utf-8-sig")), dict | list)
    except (ValueError, RecursionError):
        return False


def _one_line(body: bytes) -> str:
    text = body[:400].decode("utf-8-sig", errors="replace")
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())[:200]
