"""A CSV file as it comes over the wire, plain or inside a zip archive, cut into pages of bounded size.

Asked for a compressed sheet, the Partner API sends a zip archive with one file in it and calls it `deflate`.
So what a body is, is told by its first bytes. It is inflated and cut piece by piece: a sheet of any length
needs the memory of what was received and of one page.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator

from pipelines.errors import WalkRefused

PAGE_BYTES = 8 * 1024 * 1024
# Far above any real sheet. The ratio of a sheet full of repetitions is about 30.
MAX_CSV_BYTES = 4 * 1024**3
MAX_RATIO = 200
FREE_BYTES = 4 * 1024 * 1024
_PIECE_BYTES = 1024 * 1024
_ZIP, _BOM, _QUOTE, _NEWLINE = b"PK", b"\xef\xbb\xbf", b'"', b"\n"
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_IS_ENCRYPTED = 0x1


def check_csv_body(body: bytes) -> None:
    """Whether a body came over whole: checksum of the archive, text, quotes, and the last record.

    Errors:  ValueError when it may be damaged, so that asking again can help; WalkRefused when it cannot.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    quotes, head, tail = 0, b"", b""
    for piece in csv_pieces(body):
        decoder.decode(piece)
        quotes += piece.count(_QUOTE)
        if _NEWLINE not in head:
            head += piece
        # What follows the last line break: nothing, or a record whose end is the end of the file.
        tail = piece.rpartition(_NEWLINE)[2] if _NEWLINE in piece else tail + piece
        if max(len(head) - len(piece), len(tail)) > PAGE_BYTES:
            raise WalkRefused("the file has no line breaks; it is not the CSV file asked for")
    decoder.decode(b"", final=True)
    header = head.removeprefix(_BOM).split(_NEWLINE, 1)[0]
    if not header.strip() or header.lstrip()[:1] in (b"<", b"{", b"["):
        raise ValueError("the body is not a CSV file")
    if quotes % 2:
        raise ValueError("the CSV file ends inside a quoted value")
    if tail.strip() and len(_fields(tail)) != len(_fields(header)):
        raise ValueError("the last record of the CSV file is not whole")


def csv_pages(body: bytes) -> Iterator[bytes]:
    """The file in pages that can be read one by one: each begins with the header line, as it was sent.

    Shape:   one page when the file is short, then byte for byte the file; records are never cut.
    Errors:  as `check_csv_body`.
    """
    buffer = bytearray()
    header: bytes | None = None
    has_pages = False
    for piece in csv_pieces(body):
        buffer += piece
        if header is None and (end := _record_end(buffer, len(buffer), last=False)):
            header = bytes(buffer[:end])
            del buffer[:end]
        while header is not None and len(buffer) > PAGE_BYTES:
            end = _record_end(buffer, PAGE_BYTES, last=True)
            if not end:
                raise WalkRefused(f"one record of the CSV file is longer than {PAGE_BYTES} bytes")
            yield header + bytes(buffer[:end])
            del buffer[:end]
            has_pages = True
    if buffer or not has_pages:
        yield (header or b"") + bytes(buffer)


def csv_pieces(body: bytes) -> Iterator[bytes]:
    """The text of the file, inflated where it is packed, in pieces of at most 1 MiB.

    Errors:  ValueError for a broken archive; WalkRefused for one that holds something else than one file,
             or that inflates beyond what any sheet does.
    """
    if not body.startswith(_ZIP):
        view = memoryview(body)
        yield from (bytes(view[start : start + _PIECE_BYTES]) for start in range(0, len(body), _PIECE_BYTES))
        return
    damage = ""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive, archive.open(_only_file(archive)) as file:
            size = 0
            while piece := file.read(_PIECE_BYTES):
                # Counted, not believed: what the archive says of its size may be wrong.
                size += len(piece)
                if size > MAX_CSV_BYTES or (size > FREE_BYTES and size > MAX_RATIO * len(body)):
                    raise WalkRefused(
                        f"the archive of {len(body)} bytes inflates beyond {size - len(piece)} bytes; "
                        f"at most {MAX_RATIO} times and {MAX_CSV_BYTES} bytes are read"
                    )
                yield piece
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        damage = str(error) or type(error).__name__
    if damage:
        raise ValueError(f"the archive is broken ({damage})")


def received_as(body: bytes) -> str:
    """What came over the wire, for the notes of a walk: an archive can be told apart from its content."""
    kind = "zip archive" if body.startswith(_ZIP) else "CSV file"
    return f"received as a {kind} of {len(body)} bytes, sha256 {hashlib.sha256(body).hexdigest()}"


def _only_file(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    files = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(files) != 1:
        raise WalkRefused(f"the archive holds {len(files)} files; a sheet is one")
    if files[0].flag_bits & _IS_ENCRYPTED or files[0].compress_type not in _METHODS:
        raise WalkRefused("the archive is encrypted or packed in a way that is not read")
    return files[0]


def _record_end(buffer: bytearray, limit: int, *, last: bool) -> int:
    """Where a record ends within the first `limit` bytes, the first or the last one that does; 0 for none.

    A line break ends a record only outside of quotes: when their number before it is even.
    """
    find = buffer.rfind if last else buffer.find
    place = find(_NEWLINE, 0, limit)
    while place >= 0:
        if buffer.count(_QUOTE, 0, place) % 2 == 0:
            return place + 1
        place = buffer.rfind(_NEWLINE, 0, place) if last else buffer.find(_NEWLINE, place + 1, limit)
    return 0


def _fields(record: bytes) -> list[str]:
    return next(csv.reader([record.decode("utf-8")]), [])
