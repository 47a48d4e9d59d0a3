"""The fast way from a page of flat rows to Arrow: pyarrow's JSON reader under an explicit schema.

It is exact (decimal128, no rounding) and strict (no duplicate key, no NaN in a declared column), and it
takes numbers sent as text. Whatever it does not take with certainty is left to the strict way: this
module answers None and never an error.
"""

from __future__ import annotations

import functools
import io
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as pa_json

from pipelines.partner_center.contract import Column, Endpoint, Kind, Table
from pipelines.partner_center.strict_json import compact_json

_BOM = b"\xef\xbb\xbf"
# A key spelt with an escape would pass by the patterns below.
_ESCAPED_KEY = re.compile(rb'\\u[0-9a-fA-F]{4}[^"\\]*"\s*:')
# Not refused by the reader, but not the same afterwards: left to the strict way.
_DELICATE = (b"NaN", b"Infinity", b"\\u0000", b"\x00")
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_DEEPEST = 16
_HEADER = pa.struct([("key", pa.string()), ("value", pa.string())])
_LINK = pa.struct([("uri", pa.string()), ("method", pa.string()), ("headers", pa.list_(_HEADER))])
# The usual shapes of the JSON columns of flat rows; any other shape is left to the strict way.
JSON_SHAPES = {
    "attributes": pa.struct([("objectType", pa.string())]),
    "product_qualifiers": pa.list_(pa.string()),
}


def read_flat_page(body: bytes, endpoint: Endpoint) -> tuple[pa.Table, Mapping[str, Any], dict[str, str]] | None:
    """Rows, envelope and unknown fields of a page; None when the strict way has to read it."""
    if _page_schema(endpoint) is None or is_delicate(body):
        return None
    body = quote_bare_ids(body.removeprefix(_BOM), names_of(endpoint.tables[0], Kind.ID))
    found = _read_as_it_is(body, endpoint)
    if found is None:
        table = endpoint.tables[0]
        repaired = null_empty_numbers(_respell_keys(body, table), names_of(table, Kind.MONEY, Kind.RATE))
        found = _read_as_it_is(repaired, endpoint) if repaired != body else None
    return found


def is_delicate(body: bytes) -> bool:
    """Whether something in the bytes may be read in another way than the strict one reads it."""
    if any(mark in body for mark in _DELICATE) or _may_be_deep(body) or _ESCAPED_KEY.search(body):
        return True
    try:
        body.decode("utf-8")  # the reader does not check
    except UnicodeDecodeError:
        return True
    return False


def names_of(table: Table, *kinds: Kind) -> tuple[str, ...]:
    """The wire names of the table's columns of these kinds."""
    return tuple(column.path for column in table.columns if column.kind in kinds)


def _may_be_deep(body: bytes) -> bool:
    """Deep nesting ends the reader's process; what looks like it is left to the strict way, which counts."""
    brackets = body.translate(None, _NO_BRACKETS)
    for _ in range(_DEEPEST):
        brackets = brackets.replace(b"[]", b"").replace(b"{}", b"")
    # A few may be left over from brackets inside text.
    return len(brackets) > 2 * _DEEPEST


def _read_as_it_is(body: bytes, endpoint: Endpoint) -> tuple[pa.Table, Mapping[str, Any], dict[str, str]] | None:
    table = endpoint.tables[0]
    if has_large_numbers(body, names_of(table, Kind.MONEY, Kind.RATE)):
        return None
    try:
        page = pa_json.read_json(
            io.BytesIO(body),
            read_options=pa_json.ReadOptions(block_size=2 * len(body) + 1024, use_threads=False),
            parse_options=pa_json.ParseOptions(explicit_schema=_page_schema(endpoint), newlines_in_values=True),
        )
        items = page.column("items").combine_chunks()
        rows = items.flatten()
    except pa.ArrowException:
        return None
    if page.num_rows != 1 or items.null_count or has_case_twins(page.schema) or rows.null_count:
        return None
    unknown = _unknown_fields(rows.type, table)
    arrays = declared_arrays(table, lambda column: rows.field(column.path))
    if unknown is None or arrays is None:
        return None
    names = [column.name for column in table.columns]
    positions = pa.array(range(1, len(rows) + 1), type=pa.int32())
    flat = pa.Table.from_arrays([*arrays, positions], names=[*names, "_position"])
    return flat, page.drop_columns(["items"]).to_pylist()[0], unknown


@functools.cache
def _page_schema(endpoint: Endpoint) -> pa.Schema | None:
    fields = []
    for column in endpoint.tables[0].columns:
        shape = JSON_SHAPES.get(column.name) if column.kind is Kind.JSON else column.kind.arrow_type
        if shape is None or "." in column.path:
            return None  # nested paths and free JSON need the strict way
        fields.append(pa.field(column.path, shape))
    return pa.schema(
        [
            ("items", pa.list_(pa.struct(fields))),
            ("continuationToken", pa.string()),
            ("links", pa.struct([("next", _LINK)])),
        ]
    )


def quote_bare_ids(body: bytes, names: tuple[str, ...]) -> bytes:
    """Ids that come as a bare integer in some rows, as text in others: made text in all."""
    # Inside a JSON string every quote is escaped, so `"name":` with plain quotes is always a key.
    return _bare_id_pattern(names).sub(rb'"\1":"\2"', body)


@functools.cache
def _bare_id_pattern(names: tuple[str, ...]) -> re.Pattern[bytes]:
    keys = "|".join(re.escape(name) for name in names)
    return re.compile(rf'"({keys})"\s*:\s*(0|-?[1-9]\d*)(?=\s*[,}}\]])'.encode())


_KEY = re.compile(rb'"([^"\\]+)"(?=\s*:)')


def has_large_numbers(body: bytes, names: tuple[str, ...]) -> bool:
    """Whether a declared number has 14 digits before the point, or an exponent.

    The reader does not notice that a number has more digits than its column: it gives another number.
    """
    return _large_number_pattern(names).search(body) is not None


@functools.cache
def _large_number_pattern(names: tuple[str, ...]) -> re.Pattern[bytes]:
    keys = "|".join(re.escape(name) for name in names)
    return re.compile(rf'"(?:{keys})"\s*:\s*"?[+-]?(?:[0-9]{{14}}|[0-9.]+[eE])'.encode())


def _respell_keys(body: bytes, table: Table) -> bytes:
    """Declared keys that came in another case, spelt as declared."""
    declared = {column.path.casefold(): column.path for column in table.columns}
    for key in set(_KEY.findall(body)):
        name = key.decode()
        wanted = declared.get(name.casefold())
        if wanted is not None and wanted != name:
            body = re.sub(rb'"' + re.escape(key) + rb'"(?=\s*:)', b'"' + wanted.encode() + b'"', body)
    return body


def null_empty_numbers(body: bytes, names: tuple[str, ...]) -> bytes:
    """Unknown numbers come as empty text in some rows; both ways of reading take them as null."""
    return _empty_number_pattern(names).sub(rb'"\1":null', body)


@functools.cache
def _empty_number_pattern(names: tuple[str, ...]) -> re.Pattern[bytes]:
    keys = "|".join(re.escape(name) for name in names)
    return re.compile(rf'"({keys})"\s*:\s*""'.encode())


def has_case_twins(members: Iterable[pa.Field]) -> bool:
    """Whether two keys of one object, at any depth, differ only in case."""
    found = list(members)
    if len({member.name.casefold() for member in found}) != len(found):
        return True
    return any(has_case_twins(_inside(member.type)) for member in found)


def _inside(kind: pa.DataType) -> list[pa.Field]:
    return [kind.field(index) for index in range(kind.num_fields)]


def _unknown_fields(rows: pa.StructType, table: Table) -> dict[str, str] | None:
    """Members without a column; None when one of them is a declared member in another case."""
    declared = {column.path for column in table.columns}
    folded = {path.casefold() for path in declared}
    extra = [member for member in rows if member.name not in declared]
    if any(member.name.casefold() in folded for member in extra):
        return None
    return {f"{table.name}.{member.name}": wire_type(member.type) for member in extra}


def wire_type(kind: pa.DataType) -> str:
    """JSON's own word for a type that the reader guessed."""
    if pa.types.is_struct(kind):
        return "object"
    if pa.types.is_list(kind):
        return "list"
    if pa.types.is_boolean(kind):
        return "bool"
    if pa.types.is_null(kind):
        return "null"
    return "number" if pa.types.is_integer(kind) or pa.types.is_floating(kind) else "text"


def declared_arrays(table: Table, values_of: Callable[[Column], pa.Array]) -> list[pa.Array] | None:
    """One array for each declared column; None when a row has to be named, or a shape is not the usual one."""
    arrays = []
    for column in table.columns:
        values = values_of(column)
        if column.required and (
            values.null_count or pc.any(pc.equal(values, "")).as_py()
            if pa.types.is_string(values.type)
            else values.null_count
        ):
            return None  # the strict way says which row
        if column.kind is Kind.JSON:
            shape = JSON_SHAPES[column.name]
            if values.type != shape:
                return None
            if pa.types.is_struct(shape) and values.field(0).null_count != values.null_count:
                return None  # `{}` and `{"objectType": null}` look the same here
            values = _json_text(values)
        arrays.append(values)
    return arrays


def _json_text(values: pa.Array) -> pa.Array:
    known: dict[str, str] = {}
    texts: list[str | None] = []
    for value in values.to_pylist():
        if value is None:
            texts.append(None)
            continue
        key = repr(value)
        if key not in known:
            known[key] = compact_json(value)
        texts.append(known[key])
    return pa.array(texts, type=pa.string())
