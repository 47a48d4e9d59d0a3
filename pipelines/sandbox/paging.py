"""Which rows stand on which page, and the tokens between the pages."""

from __future__ import annotations

import base64
import binascii
import hashlib
from zlib import crc32

MAX_SIZE = 2000
QUIRKY_PAGE = 500
LARGE_WALK = 8000

Span = tuple[int, int]


def plan(name: str, rows: int, size: int, quirks: bool) -> list[Span]:
    """The pages of a walk as (start, stop).

    With quirks pages are small unless the walk is large, one page can be larger than asked, one can be empty
    although more follow, and one can come twice.
    """
    if not quirks:
        return [(start, min(start + size, rows)) for start in range(0, rows, size)] or [(0, 0)]
    salt = crc32(name.encode())
    step = size if rows > LARGE_WALK else min(size, QUIRKY_PAGE)
    pages: list[Span] = []
    start = 0
    while start < rows:
        stop = min(start + step + (2 if len(pages) == 1 and salt % 2 else 0), rows)
        pages.append((start, stop))
        start = stop
    if len(pages) > 1:
        if salt % 3 == 0:
            pages.insert(2, pages[1] if salt % 2 else pages[0])
        if salt % 3 != 1:
            pages.insert(1, (pages[0][1], pages[0][1]))
    return pages or [(0, 0)]


def token_for(name: str, size: int, page: int) -> str:
    """An opaque token with commas, slashes and `=` that names page `page` of a walk."""
    core = base64.urlsafe_b64encode(f"{name}|{size}|{page}".encode()).decode()
    sign = hashlib.sha256(core.encode()).hexdigest()
    return f"{sign[:8]}-{sign[8:12]},{core}/80/OGda4B{sign[12:16]}/o/V0=,{sign[16:28]}"


def read_token(token: str) -> tuple[str, int, int] | None:
    """(walk, size, page) of a token; None for one that was never issued."""
    pieces = token.split(",")
    if len(pieces) != 3:
        return None
    core = pieces[1].split("/80/")[0]
    try:
        name, size, page = base64.urlsafe_b64decode(core).decode().rsplit("|", 2)
    except (binascii.Error, ValueError):
        return None
    return (name, int(size), int(page)) if token == token_for(name, int(size), int(page)) else None
