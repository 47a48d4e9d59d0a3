"""Writes the plainest PDF there is: one page of text, or of a picture of nothing."""

from __future__ import annotations

from collections.abc import Sequence

LINE_HEIGHT = 16
TOP = 800


def text_page(lines: Sequence[str]) -> bytes:
    """A page with one line of text under the other.

    Shape:   Latin text and the signs of euro, pound and yen; anything else becomes a question mark.
    """
    drawn = [b"BT /F1 11 Tf %d TL 50 %d Td" % (LINE_HEIGHT, TOP)]
    drawn += [b"(" + _escaped(line) + b") Tj T*" for line in lines]
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    return _written(b"\n".join([*drawn, b"ET"]), b"<< /Font << /F1 5 0 R >> >>", font)


def picture_page() -> bytes:
    """A page as a scanner makes it: a picture, and no letter."""
    pixel = (
        b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray "
        b"/BitsPerComponent 8 /Length 1 >>"
    )
    return _written(
        b"q 500 0 0 700 50 70 cm /I1 Do Q",
        b"<< /XObject << /I1 5 0 R >> >>",
        pixel + b"\nstream\n\x80\nendstream",
    )


def _escaped(line: str) -> bytes:
    coded = line.encode("cp1252", errors="replace")
    return coded.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def _written(content: bytes, resources: bytes, fifth: bytes) -> bytes:
    """The file: five objects, the table of where they stand, the end mark."""
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources %s >>" % resources
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        page,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        fifth,
    ]
    file = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    starts = []
    for number, body in enumerate(objects, start=1):
        starts.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table_at = len(file)
    file += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    file += b"".join(b"%010d 00000 n \n" % start for start in starts)
    file += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table_at)
    return bytes(file)
