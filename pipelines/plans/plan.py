"""What every phase of a load may look at to decide what to ask for.

Plans are made from the landing, and from the raw tables that are made from it, so they can be made again
from the same files.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Protocol

import duckdb
import pyarrow as pa

from pipelines.landing import Landing, Partition
from pipelines.partner_center.contract import Endpoint, raw_schema
from pipelines.partner_center.endpoints import CUSTOMERS
from pipelines.partner_center.exports.choice import SourceApi, source_api_of
from pipelines.partner_center.source import LandedWalk, landed_rows
from pipelines.partner_center.walks import WalkRequest
from pipelines.plans.documents import Document, documents_of


@dataclass(frozen=True)
class LoadOptions:
    """What the person at the keyboard chose.

    Shape:   `line_items_api` is `auto`, `v1` or `graph`; `sweep` reads every customer again; `month` (YYYY-MM),
             alone or with `market` and `view`, asks for that month's exchange rates or for one price sheet.
    """

    line_items_api: str = "v1"
    sweep: bool = False
    sweep_after: timedelta = timedelta(days=7)
    market: str | None = None
    view: str | None = None
    month: str | None = None


@dataclass(frozen=True)
class Plan:
    """The state of what is landed, at the moment of this load.

    Shape:   `customers` and `documents` are those of the last complete lists; `database` opens the raw tables,
             which hold everything landed so far; `as_loaded` opens them as they are, for a phase that looks at what
             was loaded a while ago, since each loading costs seconds; `remembered` is what one
             phase found out for a later one of the same load; `with_prices`: this cloud has a host of price
             sheets to ask; `named` are the endpoints that the load was asked for, if any were named.
    """

    landing: Landing
    now: datetime
    with_user: bool
    database: Callable[[], AbstractContextManager[duckdb.DuckDBPyConnection]]
    options: LoadOptions = field(default_factory=LoadOptions)
    with_prices: bool = True
    named: frozenset[str] = frozenset()
    remembered: dict[str, object] = field(default_factory=dict, compare=False)
    without_loading: Callable[[], AbstractContextManager[duckdb.DuckDBPyConnection]] | None = None

    def as_loaded(self) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        """The raw tables as they are, without loading what was read since."""
        return (self.without_loading or self.database)()

    @cached_property
    def customers(self) -> list[str]:
        """All customers, lower-case."""
        rows = current_rows(self.landing, CUSTOMERS, "customers")
        return sorted({value.lower() for value in rows.column("id").to_pylist()})

    def source_api(self, endpoint: Endpoint, period: str, partition: Partition) -> SourceApi:
        """Where lines of a billing period are read from, so that what was read where both have them stays."""
        landed = partition.current.source_api if partition.current else None
        return source_api_of(self.options.line_items_api, endpoint.name, period, landed)

    @cached_property
    def documents(self) -> list[Document]:
        """All documents, nested and listed ones once."""
        return documents_of(self.landing)


class Phase(Protocol):
    """One step of a load: a module in this package.

    Shape:   `TITLE` is shown while it runs; with `NEEDS_LOADED` the raw tables hold what was read before.
    """

    TITLE: str
    NEEDS_LOADED: bool

    def requests(self, plan: Plan) -> Sequence[WalkRequest]:
        """What to ask for."""
        ...


def current_rows(landing: Landing, endpoint: Endpoint, table_name: str) -> pa.Table:
    """The rows of one table of an endpoint without partitions, from its newest complete walk."""
    current = landing.partition(endpoint.name, {}, endpoint.name).current
    none = raw_schema(endpoint.table(table_name)).empty_table()
    landed = landed_rows(landing, [LandedWalk(current, endpoint.name)] if current else [])
    return pa.concat_tables([none, *(rows for name, rows in landed if name == table_name)])
