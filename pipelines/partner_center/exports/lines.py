"""Cuts a stream of JSON lines into pages: whole lines, bounded size, every byte in its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipelines.errors import PageContractBroken

PAGE_BYTES = 8 * 1024 * 1024
# A row has some 3,000 characters at most; what is far beyond is not a row.
LONGEST_LINE_BYTES = 16 * 1024 * 1024


def cut_pages(pieces: Iterable[bytes], page_bytes: int = PAGE_BYTES) -> Iterator[bytes]:
    """Pages that joined together are the pieces joined together; each ends at a line end, the last where it ends.

    Errors:  PageContractBroken for a line without end.
    """
    pending = bytearray()
    for piece in pieces:
        pending += piece
        while len(pending) >= page_bytes:
            end = pending.rfind(b"\n", 0, page_bytes) + 1 or pending.find(b"\n", page_bytes) + 1
            if not end:
                if len(pending) > LONGEST_LINE_BYTES:
                    raise PageContractBroken(f"a line of the export is longer than {LONGEST_LINE_BYTES} bytes")
                break
            yield bytes(pending[:end])
            del pending[:end]
    if pending:
        yield bytes(pending)
