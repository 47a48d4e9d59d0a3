"""The fast way from JSON lines of flat rows to Arrow: the same reader, exactness and strictness as for pages.

The spelling of the keys is learnt from the first line, so that nothing has to be rewritten: a file has some
thousand rows for every spelling. What is not taken with certainty is left to the strict way.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping

import pyarrow as pa
import pyarrow.json as pa_json

from pipelines.partner_center.contract import Column, Endpoint, Kind, Table
from pipelines.partner_center.exports.fields import ALIASES
from pipelines.partner_center.fast_pages import (
    JSON_SHAPES,
    declared_arrays,
    has_case_twins,
    has_large_numbers,
    is_delicate,
    null_empty_numbers,
    quote_bare_ids,
    wire_type,
)

_BOM = b"\xef\xbb\xbf"
_NUMBERS = (Kind.MONEY, Kind.RATE)


def read_flat_lines(body: bytes, endpoint: Endpoint) -> tuple[pa.Table, dict[str, str]] | None:
    """Rows and unknown fields of JSON lines; None when the strict way has to read them."""
    table = endpoint.tables[0]
    body = body.removeprefix(_BOM)
    if (
        endpoint.explode is not None
        or not _can_be_flat(table)
        or not _is_one_object_a_line(body)
        or is_delicate(body)
    ):
        return None
    spelling = _spelling_of(body, table)
    # A second try, when later lines spell what the first one does not have in another way than guessed.
    for _ in range(2):
        if spelling is None:
            return None
        found = _read(body, table, spelling)
        if not isinstance(found, dict):
            return found
        spelling = found
    return None


def _can_be_flat(table: Table) -> bool:
    return all(
        "." not in column.path and (column.kind is not Kind.JSON or column.name in JSON_SHAPES)
        for column in table.columns
    )


def _is_one_object_a_line(body: bytes) -> bool:
    """Whether every line begins and ends as an object does; then there are as many objects as lines."""
    lines = body.count(b"\n") + (0 if body.endswith(b"\n") else 1)
    begins = body.count(b"\n{") + body.startswith(b"{")
    ends = body.count(b"}\n") + body.endswith(b"}")
    return lines == begins == ends


def _spelling_of(body: bytes, table: Table) -> dict[str, str] | None:
    """By column, the key that it has in these lines; for what the first line lacks, the usual one."""
    try:
        first = json.loads(body[: body.find(b"\n") if b"\n" in body else len(body)])
    except (ValueError, RecursionError):
        return None
    keys = list(first) if isinstance(first, dict) else []
    spelling = {column.name: column.path[0].upper() + column.path[1:] for column in table.columns}
    return _respelt(spelling, keys, table)


def _respelt(spelling: Mapping[str, str], keys: list[str], table: Table) -> dict[str, str] | None:
    """The spelling with these keys in it; None when two of them are one column."""
    aliases = {key: path.casefold() for key, path in ALIASES.get(table.name, {}).items()}
    columns = {column.path.casefold(): column.name for column in table.columns}
    found: dict[str, str] = {}
    for key in keys:
        name = columns.get(key.casefold()) or columns.get(aliases.get(key.casefold(), ""))
        if name is not None and found.setdefault(name, key) != key:
            return None
    return {**spelling, **found}


def _read(
    body: bytes, table: Table, spelling: dict[str, str]
) -> tuple[pa.Table, dict[str, str]] | dict[str, str] | None:
    """Rows; or a better spelling, when the lines show one; or None."""
    numbers = tuple(spelling[column.name] for column in table.columns if column.kind in _NUMBERS)
    if has_large_numbers(body, numbers):
        return None
    schema = pa.schema([(spelling[column.name], _arrow_type(column)) for column in table.columns])
    rows = _rows(body, schema)
    if rows is None:
        ids = tuple(spelling[column.name] for column in table.columns if column.kind is Kind.ID)
        repaired = null_empty_numbers(quote_bare_ids(body, ids), numbers)
        rows = _rows(repaired, schema) if repaired != body else None
    lines = body.count(b"\n") + (0 if body.endswith(b"\n") else 1)
    if rows is None or rows.num_rows != lines:
        return None
    extra = [name for name in rows.column_names if name not in set(spelling.values())]
    better = _respelt(spelling, extra, table)
    if better is None or better != spelling:
        # A column under two keys, or under one that was not expected.
        is_double = better is None or any(
            rows.column(spelling[name]).null_count < rows.num_rows
            for name in better
            if better[name] != spelling[name]
        )
        return None if is_double else better
    if has_case_twins(rows.schema):
        return None
    arrays = declared_arrays(table, lambda column: rows.column(spelling[column.name]).combine_chunks())
    if arrays is None:
        return None
    positions = pa.array(range(1, rows.num_rows + 1), type=pa.int32())
    names = [*(column.name for column in table.columns), "_position"]
    unknown = {f"{table.name}.{name}": wire_type(rows.schema.field(name).type) for name in extra}
    return pa.Table.from_arrays([*arrays, positions], names=names), unknown


def _rows(body: bytes, schema: pa.Schema) -> pa.Table | None:
    try:
        return pa_json.read_json(
            io.BytesIO(body),
            read_options=pa_json.ReadOptions(block_size=len(body) + 1024, use_threads=False),
            parse_options=pa_json.ParseOptions(explicit_schema=schema, newlines_in_values=False),
        )
    except pa.ArrowException:
        return None


def _arrow_type(column: Column) -> pa.DataType:
    return JSON_SHAPES[column.name] if column.kind is Kind.JSON else column.kind.arrow_type
