"""A table of a published file as a lazy frame: what a query needs is read, in batches, exact to the last digit.

Columns that a query does not use are never read. Filters on text, times and yes/no go into the database as well;
every filter runs in Polars all the same, so the database may only leave out rows that no filter would keep.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import duckdb
import polars as pl
from polars.io.plugins import register_io_source

_BATCH_ROWS = 50_000
_COMPARISONS = {"Eq": "=", "NotEq": "<>", "Lt": "<", "LtEq": "<=", "Gt": ">", "GtEq": ">="}
_JOINTS = {"And": "and", "Or": "or", "LogicalAnd": "and", "LogicalOr": "or"}
_NULL_TESTS = {"IsNull": "is null", "IsNotNull": "is not null"}
# The same value means the same in both. Amounts stay with Polars: there are two scales, and neither may round.
_SAME_IN_BOTH = (pl.String, pl.Boolean, pl.Datetime("us"), pl.List(pl.String))

Node = dict[str, Any]


class Reader:
    """One open published file. DuckDB opens a file once in a process, so all who ask for it share this."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def scan(self, table: str, order: str | None = None) -> pl.LazyFrame:
        """A table as a lazy frame; `order` are columns in SQL, for tables whose order says something.

        Shape:   nothing is read before `collect()`; then the columns and rows that the query needs.
        Errors:  TypeError for a table with a Float column: it cannot hold amounts exactly.
        """
        schema = self._schema(table)
        blurred = [name for name, kind in schema.items() if kind.is_float()]
        if blurred:
            raise TypeError(f"{table} has Float columns ({', '.join(blurred)}): they cannot hold amounts exactly")

        def read(
            columns: list[str] | None, predicate: pl.Expr | None, row_limit: int | None, batch_rows: int | None
        ) -> Iterator[pl.DataFrame]:
            kept = list(schema) if columns is None else columns
            condition, restored = _split(predicate)
            needed = list(dict.fromkeys([*kept, *(restored.meta.root_names() if restored is not None else ())]))
            query, values = _query(table, needed, condition, schema, order)
            for batch in self._batches(query, values, batch_rows or _BATCH_ROWS):
                found = (batch if restored is None else batch.filter(restored)).select(kept)
                if row_limit is not None:
                    found = found.head(row_limit)
                    row_limit -= found.height
                yield found
                if row_limit == 0:
                    return

        return register_io_source(read, schema=schema, is_pure=True, explain_name=table)

    def _schema(self, table: str) -> pl.Schema:
        empty = pl.from_arrow(self.connection.cursor().sql(f"select * from {table} limit 0").to_arrow_table())
        assert isinstance(empty, pl.DataFrame)
        return empty.schema

    def _batches(self, query: str, values: list[object], batch_rows: int) -> Iterator[pl.DataFrame]:
        # A cursor of its own per question: the frames of one file can be read from several threads.
        reader = self.connection.cursor().sql(query, params=values).to_arrow_reader(batch_rows)
        try:
            for batch in reader:
                frame = pl.from_arrow(batch)
                assert isinstance(frame, pl.DataFrame)
                yield frame
        finally:
            reader.close()


def _query(
    table: str, columns: list[str], condition: Node | None, schema: pl.Schema, order: str | None
) -> tuple[str, list[object]]:
    tests: list[str] = []
    values: list[object] = []
    for one in _conjuncts(condition) if condition else ():
        mine: list[object] = []
        text = _test(one, schema, mine)
        if text is not None:
            tests.append(text)
            values += mine
    where = " and ".join(tests)
    # `count(*)` alone needs no column at all; rows are counted by a column that is there.
    listed = ", ".join(f'"{name}"' for name in columns or list(schema)[:1])
    return (
        f"select {listed} from {table}"
        + (f" where {where}" if where else "")
        + (f" order by {order}" if order else "")
    ), values


def _split(predicate: pl.Expr | None) -> tuple[Node | None, pl.Expr | None]:
    """The filter as a tree and as an expression, without the hints that Polars adds for itself (`dynamic_pred`)."""
    if predicate is None:
        return None, None
    tree = json.loads(predicate.meta.serialize(format="json"))
    kept = [one for one in _conjuncts(tree) if "dynamic_pred" not in json.dumps(one)]
    if not kept:
        return None, None
    joined = kept[0]
    for one in kept[1:]:
        joined = {"BinaryExpr": {"left": joined, "op": "And", "right": one}}
    return joined, _expression(joined)


def _conjuncts(tree: Node) -> list[Node]:
    both = tree.get("BinaryExpr", {})
    if both.get("op") in ("And", "LogicalAnd"):
        return [*_conjuncts(both["left"]), *_conjuncts(both["right"])]
    return [tree]


def _expression(tree: Node) -> pl.Expr:
    return pl.Expr.deserialize(io.BytesIO(json.dumps(tree).encode()), format="json")


def _test(tree: Node, schema: pl.Schema, values: list[object]) -> str | None:
    """The same test in SQL, its values added to `values`; None for what the database is not asked."""
    kind, inside = next(iter(tree.items()))
    if kind == "Column":
        return _name(tree, schema)
    if kind == "BinaryExpr" and inside["op"] in _JOINTS:
        sides = [_test(inside[side], schema, values) for side in ("left", "right")]
        return f"({sides[0]} {_JOINTS[inside['op']]} {sides[1]})" if None not in sides else None
    if kind == "BinaryExpr" and inside["op"] in _COMPARISONS:
        name, value = _name(inside["left"], schema), _value(inside["right"])
        if name is None or value is None or isinstance(value, list):
            return None
        values.append(value)
        return f"{name} {_COMPARISONS[inside['op']]} ?"
    return _function(inside, schema, values) if kind == "Function" else None


def _function(inside: Node, schema: pl.Schema, values: list[object]) -> str | None:
    named = inside["function"].get("Boolean") if isinstance(inside["function"], dict) else None
    first = inside["input"][0]
    if named == "Not":
        denied = _test(first, schema, values)
        return f"(not {denied})" if denied is not None else None
    name = _name(first, schema)
    if name is None:
        return None
    if isinstance(named, str):
        return f"{name} {_NULL_TESTS[named]}" if named in _NULL_TESTS else None
    if isinstance(named, dict) and named.get("IsIn") == {"nulls_equal": False}:
        several = _value(inside["input"][1])
        if isinstance(several, list) and several and None not in several:
            values += several
            return f"{name} in ({', '.join('?' * len(several))})"
    return None


def _name(tree: Node, schema: pl.Schema) -> str | None:
    name = tree.get("Column")
    return f'"{name}"' if isinstance(name, str) and schema.get(name) in _SAME_IN_BOTH else None


def _value(tree: Node) -> object:
    """What a literal says; None where it is no literal, is null, or is of a kind that stays with Polars."""
    if "Literal" not in tree:
        return None
    found = pl.select(_expression(tree)).to_series()
    if found.dtype not in _SAME_IN_BOTH or found.len() != 1:
        return None
    value = found.item()
    return value.to_list() if isinstance(value, pl.Series) else value
