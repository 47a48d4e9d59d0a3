"""CSV text -> rows by column name; nothing is guessed, so ids keep their zeros and amounts their digits."""

from __future__ import annotations

import csv
import io

from pipelines.errors import PageContractBroken

# No documented field comes near it; what does is not a CSV file.
LONGEST_FIELD = 16 * 1024 * 1024


def read_csv(body: bytes, name: str) -> list[dict[str, str]]:
    """Every line below the header, all values as text.

    Errors:  ValueError for bytes that are not UTF-8 or end inside quotes, which may be damage on the way;
             PageContractBroken for a column that comes twice and a line with another number of fields.
    """
    text = body.decode("utf-8-sig")  # UnicodeDecodeError is a ValueError
    csv.field_size_limit(LONGEST_FIELD)
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(lines, [])
        rows = [line for line in lines if line]
    except csv.Error as error:
        raise ValueError(f"not a CSV file: {error}") from None
    names = [column.strip() for column in header]
    if not names or len({column.casefold() for column in names}) != len(names):
        raise PageContractBroken(f"{name}: the first line does not name every column once")
    for number, row in enumerate(rows, start=1):
        if len(row) != len(names):
            raise PageContractBroken(f"{name}, item {number}: {len(row)} fields under {len(names)} columns")
    return [dict(zip(names, row, strict=True)) for row in rows]
