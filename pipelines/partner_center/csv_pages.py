"""The fast way from a page of a CSV file to Arrow: pyarrow's reader with every column as text, then decimals.

Numbers become decimals only where they are plainly written: pyarrow's own conversion gives another number,
without a word, for one that has more digits than its column. Whatever is not plain is left to the strict way:
this module answers None and never an error.
"""

from __future__ import annotations

import csv
import io
import re

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from pipelines.partner_center.contract import Column, Endpoint, Kind, Table

_BOM = b"\xef\xbb\xbf"
_PLAIN_NUMBER = {
    Kind.MONEY: r"^[+-]?[0-9]{1,13}(\.[0-9]{1,12})?$",
    Kind.RATE: r"^[+-]?[0-9]{1,13}(\.[0-9]{1,24})?$",
}
# A quote in the middle of a value is read in one way by each reader.
_QUOTE_INSIDE = re.compile(rb'[^,"\r\n]"[^,"\r\n]')


def read_csv_page(body: bytes, endpoint: Endpoint) -> tuple[pa.Table, dict[str, str]] | None:
    """Rows and unknown columns of a page; None when the strict way has to read it.

    Shape:   declared columns plus `_position`; a column that the file does not have is null.
    """
    text = body.removeprefix(_BOM)
    table = endpoint.tables[0]
    names = _header(text, table)
    if names is None or b"\x00" in text or _QUOTE_INSIDE.search(text):
        return None
    try:
        page = pa_csv.read_csv(
            io.BytesIO(text),
            read_options=pa_csv.ReadOptions(
                column_names=names, skip_rows=1, use_threads=False, block_size=len(text) + 1024
            ),
            parse_options=pa_csv.ParseOptions(newlines_in_values=True),
            convert_options=pa_csv.ConvertOptions(
                column_types={name: pa.string() for name in names}, strings_can_be_null=False
            ),
        )
        arrays = [_declared_array(page, column) for column in table.columns]
    except pa.ArrowException:
        return None
    if any(array is None for array in arrays):
        return None
    arrays.append(pa.array(range(1, page.num_rows + 1), type=pa.int32()))
    declared = {column.path for column in table.columns}
    unknown = {f"{table.name}.{name}": "text" for name in names if name not in declared and page.num_rows}
    return pa.Table.from_arrays(arrays, names=[*(column.name for column in table.columns), "_position"]), unknown


def _header(text: bytes, table: Table) -> list[str] | None:
    """The names of the columns, spelt as declared where they are."""
    spelt = {column.path.casefold(): column.path for column in table.columns}
    try:
        line = text.split(b"\n", 1)[0].decode("utf-8")
        sent = next(csv.reader([line], strict=True), [])
    except (UnicodeDecodeError, csv.Error):
        return None
    names = [name.strip() for name in sent]
    is_plain = len({name.casefold() for name in names}) == len(names) and all(names)
    return [spelt.get(name.casefold(), name) for name in names] if is_plain and names else None


def _declared_array(page: pa.Table, column: Column) -> pa.Array | None:
    if column.path not in page.column_names:
        return None if column.required else pa.nulls(page.num_rows, column.kind.arrow_type)
    values = page.column(column.path).combine_chunks()
    is_empty = pc.equal(values, "")
    if column.required and pc.any(is_empty).as_py():
        return None  # the strict way says which record
    if column.kind in (Kind.TEXT, Kind.ID):
        return values
    if column.kind not in _PLAIN_NUMBER:
        return None
    numbers = pc.if_else(is_empty, pa.scalar(None, pa.string()), values)
    if pc.all(pc.match_substring_regex(numbers, _PLAIN_NUMBER[column.kind])).as_py() is False:
        return None
    return pc.cast(numbers, column.kind.arrow_type)
