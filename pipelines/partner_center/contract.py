"""What an endpoint declares: where it is, how it is paged, and the exact type of every column.

An endpoint file holds declarations only. Reading a page with them is `pages.py`; loading the
result is `source.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal

import pyarrow as pa

MONEY_TYPE = pa.decimal128(38, 12)
RATE_TYPE = pa.decimal128(38, 24)

Form = Literal["single", "token", "offset", "customers", "audit"]
Host = Literal["partner_center", "partner_api"]
Body = Literal["json", "csv", "jsonl"]
Items = Literal["envelope", "single", "array"]
JsonObject = Mapping[str, Any]


class Kind(Enum):
    """How a wire value becomes a column value; anything else fails the gate."""

    TEXT = "text"  # a JSON string, kept as sent
    ID = "id"  # a string or an integer: some ids come as either
    MONEY = "money"  # an amount, number or numeric string, DECIMAL(38, 12)
    RATE = "rate"  # a unit price, rate or quantity, DECIMAL(38, 24)
    INTEGER = "integer"  # a whole number that is not a quantity
    BOOL = "bool"
    JSON = "json"  # any value, kept as compact JSON text with its numbers as sent

    @property
    def arrow_type(self) -> pa.DataType:
        """The Arrow type of a column of this kind."""
        return {
            Kind.MONEY: MONEY_TYPE,
            Kind.RATE: RATE_TYPE,
            Kind.INTEGER: pa.int64(),
            Kind.BOOL: pa.bool_(),
        }.get(self, pa.string())


@dataclass(frozen=True)
class Column:
    """One declared column: its name in the raw table, where it stands in the row, its kind.

    Shape:   `path` is the wire path, parts joined by a dot; keys are compared without case.
    """

    name: str
    path: str
    kind: Kind = Kind.TEXT
    required: bool = False


@dataclass(frozen=True)
class Table:
    """One raw table that an endpoint fills.

    Shape:   `money` names the columns whose sums are control totals, per `currency` column.
    """

    name: str
    columns: tuple[Column, ...]
    money: tuple[str, ...] = ()
    currency: str | None = None


@dataclass(frozen=True)
class Endpoint:
    """One call of the API, as a walk over one partition.

    Shape:   `path` and `params` may name the partition's fields in braces; `tables[0]` is the main
             table; `explode` yields (table name, row) for every item, parents before children. None
             means that an item is one flat row of the main table. With `is_reading` every walk counts for
             itself (a balance at a moment); with `keeps_states` older walks tell what changed when. `host` is
             the API that serves it. `items`: the items of a collection, one object alone, or a bare array;
             a `csv` or `jsonl` body has one item a line and no envelope. What is `is_informational` proves
             nothing by itself: that it could not be read is named, and makes no run partial. With
             `request` the call is a POST of the JSON that it makes of a partition.
    Source:  the page named in `docs`.
    """

    name: str
    docs: str
    path: str
    tables: tuple[Table, ...]
    partition: tuple[str, ...] = ()
    params: tuple[tuple[str, str], ...] = ()
    needs_user: bool = False
    form: Form = "single"
    size: int | None = None
    host: Host = "partner_center"
    body: Body = "json"
    items: Items = "envelope"
    is_reading: bool = False
    keeps_states: bool = False
    is_informational: bool = False
    explode: Callable[[JsonObject], Iterable[tuple[str, JsonObject]]] | None = None
    request: Callable[[Mapping[str, str]], object] | None = None

    @property
    def is_collection(self) -> bool:
        """Whether an answer has an envelope around its items, and may go on behind a link."""
        return self.items == "envelope" and self.body == "json"

    def table(self, name: str) -> Table:
        """The declared table of that name."""
        return next(table for table in self.tables if table.name == name)

    def partition_id(self, values: Mapping[str, str]) -> str:
        """The name of a partition: endpoint and field values; unique over all endpoints."""
        # A slash inside a value would make two partitions one.
        plain = (values[field].replace("%", "%25").replace("/", "%2F") for field in self.partition)
        return "/".join([self.name, *plain])


# Where in the landing a row stands: with these an analyst finds the bytes that the API sent. The partition is
# the merge key, so it is never null.
ROW_ORIGIN = (
    ("_partition", pa.string()),
    ("_walk_id", pa.string()),
    ("_page", pa.int32()),
    ("_position", pa.int32()),
)


def raw_schema(table: Table) -> pa.Schema:
    """The Arrow schema of a raw table: the declared columns, then where each row came from."""
    declared = [pa.field(column.name, column.kind.arrow_type) for column in table.columns]
    return pa.schema(declared + [pa.field(name, kind, nullable=name != "_partition") for name, kind in ROW_ORIGIN])


def text(*names: str) -> tuple[Column, ...]:
    """Text columns whose wire name is the camelCase of the column name."""
    return tuple(Column(name, camel(name)) for name in names)


def camel(name: str) -> str:
    """`charge_start_date` -> `chargeStartDate`."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
