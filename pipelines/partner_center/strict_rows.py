"""Wire objects -> one Arrow table of declared columns, value by value."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import pyarrow as pa

from pipelines.errors import PageContractBroken
from pipelines.money import exact_decimal
from pipelines.partner_center.contract import MONEY_TYPE, RATE_TYPE, Column, Endpoint, Kind, Table
from pipelines.partner_center.strict_json import compact_json, storable
from pipelines.partner_center.values import at_path, type_name

UnknownFields = dict[str, str]
_WHOLE = re.compile(r"[+-]?[0-9]{1,20}")
NumberedRow = tuple[int, Mapping[str, Any]]


def convert_rows(endpoint: Endpoint, table: Table, rows: list[NumberedRow]) -> pa.Table:
    """Declared columns plus `_position`.

    Errors:  PageContractBroken names endpoint, item, field and value.
    """
    spelt = _declared_spelling(table)
    declared = set(spelt.values())
    plain_rows = [row if declared >= row.keys() else _respelt(row, spelt) for _, row in rows]
    arrays = []
    for column in table.columns:
        first, *rest = column.path.split(".")
        values: list[Any] = []
        for (position, _), row in zip(rows, plain_rows, strict=True):
            found = row.get(first)
            if found is None and not column.required:
                values.append(None)
                continue
            try:
                values.append(convert(column, at_path(found, rest) if rest else found))
            except (ValueError, InvalidOperation) as error:
                where = f"{endpoint.name}, item {position}, field `{column.path}`"
                raise PageContractBroken(f"{where}: {error}") from error
        arrays.append(pa.array(values, type=column.kind.arrow_type))
    arrays.append(pa.array([position for position, _ in rows], type=pa.int32()))
    return pa.Table.from_arrays(arrays, names=[*(column.name for column in table.columns), "_position"])


@functools.cache
def _declared_spelling(table: Table) -> dict[str, str]:
    """Every declared first member as declared and in folded case -> as declared."""
    names = [column.path.split(".")[0] for column in table.columns]
    return {name.casefold(): name for name in names} | {name: name for name in names}


def _respelt(row: Mapping[str, Any], spelt: Mapping[str, str]) -> dict[str, Any]:
    """The row with its members spelt as declared: the API mixes the case of keys."""
    return {spelt.get(key) or spelt.get(key.casefold(), key): value for key, value in row.items()}


def convert(column: Column, value: Any) -> Any:
    """A wire value as the declared kind.

    Errors:  ValueError when it is of another kind, does not fit exactly, or is required and absent.
    """
    converted = None if value is None else _CONVERTERS[column.kind](value)
    if column.required and converted in (None, ""):
        raise ValueError("required, but absent or empty")
    return converted


def note_unknown_fields(table: Table, rows: Iterable[Mapping[str, Any]], found: UnknownFields) -> None:
    """Adds every member that no column of the table reads, with an example of its type, not null if there is one."""
    known: set[str] = {"_index"}
    opaque: set[str] = set()
    for column in table.columns:
        parts = column.path.casefold().split(".")
        known.update(".".join(parts[:length]) for length in range(1, len(parts) + 1))
        if column.kind is Kind.JSON:
            opaque.add(".".join(parts))
    for row in rows:
        _note(f"{table.name}.", "", row, known, opaque, found)


def _note(
    shown: str, prefix: str, row: Mapping[str, Any], known: set[str], opaque: set[str], found: UnknownFields
) -> None:
    for key, value in row.items():
        path = f"{prefix}{key.casefold()}"
        if path in opaque:
            continue
        if path not in known:
            if found.get(shown + key, "null") == "null":
                found[shown + key] = type_name(value)
        elif isinstance(value, Mapping):
            _note(f"{shown}{key}.", f"{path}.", value, known, opaque, found)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"expected text, got {type(value).__name__}")
    return storable(value)


def _id(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError(f"expected an id, got {type(value).__name__}")
    return storable(value) if isinstance(value, str) else str(value)


def _integer(value: Any) -> int | None:
    if value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError(f"expected a whole number, got {type(value).__name__}")
    if isinstance(value, str) and not _WHOLE.fullmatch(value):
        raise ValueError(f"`{value[:60]}` is not a whole number")
    if not -(2**63) <= int(value) < 2**63:
        raise ValueError(f"{str(value)[:60]} does not fit 64 bits")
    return int(value)


def _bool(value: Any) -> bool | None:
    if value == "":
        return None
    if isinstance(value, str) and value.casefold() in ("true", "false"):
        return value.casefold() == "true"
    if not isinstance(value, bool):
        raise ValueError(f"expected true or false, got {type(value).__name__}")
    return value


def _decimal(value: Any, kind: pa.Decimal128Type) -> Decimal | None:
    # Unknown numbers come as empty text in some rows.
    return None if value == "" else exact_decimal(value, kind.precision, kind.scale)


_CONVERTERS: dict[Kind, Callable[[Any], Any]] = {
    Kind.TEXT: _text,
    Kind.ID: _id,
    Kind.MONEY: lambda value: _decimal(value, MONEY_TYPE),
    Kind.RATE: lambda value: _decimal(value, RATE_TYPE),
    Kind.INTEGER: _integer,
    Kind.BOOL: _bool,
    Kind.JSON: lambda value: storable(compact_json(value)),
}
