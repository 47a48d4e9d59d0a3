"""Which billed lines of a document are gone and which are new, since each earlier reading that said something else.

The raw tables hold the newest reading only, so the lines that went are in the landing alone. Each pair of readings
is compared once: what it came to is kept until a newer reading takes the place of the newest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

import duckdb
import pyarrow as pa

from pipelines.document_readings import CONTENT_VERSION, READINGS, TOTALS, content_of, lines_of
from pipelines.landing import Landing, Partition
from pipelines.partner_center.contract import MONEY_TYPE, RATE_TYPE
from pipelines.partner_center.endpoints import ENDPOINTS
from pipelines.partner_center.source import DATASET

LINE_CHANGES = "document_line_changes"
_PAIR = ("partition_id", "former_walk_id", "newest_walk_id")
_PLACE = ("endpoint", "invoice_id", "provider", "line_item_type", "change", "walk_id")
_WORDS = ("customer_id", "order_id", "product_id", "sku_id", "charge_type", "currency")
_AMOUNTS = ("subtotal", "tax_total", "total")
SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in (*_PAIR, *_PLACE)),
        # Where the line stands in the walk that has it: what the place of a row in a raw table says.
        ("page", pa.int32()),
        ("item", pa.int32()),
        *((name, pa.string()) for name in _WORDS),
        ("quantity", RATE_TYPE),
        *((name, MONEY_TYPE) for name in _AMOUNTS),
        ("version", pa.string()),
    ]
)
# Of the columns below, and of what makes two lines the same: rows of another version are made again.
VERSION = f"{CONTENT_VERSION}-1"
# By raw table, what is called otherwise there, as sent: the API's own names of the same facts.
_CALLED: Mapping[str, Mapping[str, str]] = {
    "invoice_line_items": {"total": TOTALS["invoice_line_items"]},
    "office_line_items": {
        "product_id": "coalesce(nullif(trim(durable_offer_id), ''), offer_id)",
        "sku_id": "null",
        "tax_total": "tax",
        "total": TOTALS["office_line_items"],
    },
    "azure_line_items": {
        "product_id": "resource_guid",
        "sku_id": "sku",
        "quantity": "consumed_quantity",
        "subtotal": "pretax_charges",
        "tax_total": "tax_amount",
        "total": TOTALS["azure_line_items"],
    },
}
# A reading without lines has nothing that could be gone.
_PAIRS = f"""
with walks as (
    select partition_id, walk_id, walk_sequence, min(fingerprint) as fingerprint, sum(row_count) as row_count
    from {DATASET}.{READINGS} group by partition_id, walk_id, walk_sequence
),
newest as (
    select partition_id, arg_max(walk_id, walk_sequence) as walk_id,
        arg_max(fingerprint, walk_sequence) as fingerprint
    from walks group by partition_id
)
select walks.partition_id, walks.walk_id as former_walk_id, newest.walk_id as newest_walk_id
from walks inner join newest on walks.partition_id = newest.partition_id
where walks.fingerprint <> newest.fingerprint and walks.row_count > 0
order by walks.partition_id, walks.walk_sequence
"""
_KNOWN = f"select distinct {', '.join(_PAIR)} from {DATASET}.{LINE_CHANGES}"
# Equal lines are paired off by their number; of lines that became fewer, the last ones are gone.
_CHANGES = """
with hashed as materialized (
    select 'removed' as change, page, item, {content} as content from former_lines
    union all
    select 'added' as change, page, item, {content} as content from newest_lines
),
numbered as materialized (
    select *, row_number() over (partition by change, content order by page, item) as number from hashed
),
changed as (
    select mine.change, mine.page, mine.item from numbered as mine
    where not exists (
        from numbered as other
        where other.content = mine.content and other.number = mine.number and other.change <> mine.change
    )
),
shown as (
    select 'removed' as change, * from former_lines
    union all by name
    select 'added' as change, * from newest_lines
)
insert into {table} by name
select {facts}, {columns}
from changed inner join shown using (change, page, item)
"""


def note_line_changes(
    connection: duckdb.DuckDBPyConnection, landing: Landing, partitions: Sequence[Partition]
) -> None:
    """Brings the table up to date with the readings, which were noted before.

    Shape:   one row per line that only one reading of a pair has; the newest complete one and each former one that
             held lines and had another content. Pages are read only for pairs that are not known.
    """
    _make_table(connection)
    wanted = connection.execute(_PAIRS).fetchall()
    pairs = pa.Table.from_pylist([dict(zip(_PAIR, pair, strict=True)) for pair in wanted], schema=_schema(_PAIR))
    connection.register("wanted_pairs", pairs)
    connection.execute(
        f"delete from {DATASET}.{LINE_CHANGES} where version <> ? "
        f"or ({', '.join(_PAIR)}) not in (select ({', '.join(_PAIR)}) from wanted_pairs)",
        [VERSION],
    )
    connection.unregister("wanted_pairs")
    known = set(connection.execute(_KNOWN).fetchall())
    by_name = {partition.partition_id: partition for partition in partitions}
    new = (pair for pair in wanted if pair not in known)
    for partition_id, of_partition in groupby(new, key=lambda pair: str(pair[0])):
        _compare(connection, landing, by_name[partition_id], [str(pair[1]) for pair in of_partition])


def _compare(
    connection: duckdb.DuckDBPyConnection, landing: Landing, partition: Partition, former: Sequence[str]
) -> None:
    """Adds what is gone and new between each former walk of a partition and its newest."""
    table = ENDPOINTS[partition.endpoint].tables[0]
    walks = {walk.walk_id: walk for walk in partition.walks}
    newest = partition.walks[-1]
    connection.register("newest_lines", lines_of(landing, newest, table))
    for walk_id in former:
        rows = lines_of(landing, walks[walk_id], table)
        facts = {name: partition.values.get(name) for name in _PLACE[1:4]} | {
            "endpoint": partition.endpoint,
            "partition_id": partition.partition_id,
            "former_walk_id": walk_id,
            "newest_walk_id": newest.walk_id,
            "version": VERSION,
        }
        query = _CHANGES.format(
            content=content_of(rows.schema),
            table=f"{DATASET}.{LINE_CHANGES}",
            facts=", ".join(f"${name} as {name}" for name in facts),
            columns=", ".join(_columns(table.name)),
        )
        connection.register("former_lines", rows)
        connection.execute(query, facts)
        connection.unregister("former_lines")
    connection.unregister("newest_lines")


def _columns(table: str) -> Iterator[str]:
    called = _CALLED[table]
    yield "change"
    yield "case change when 'removed' then $former_walk_id else $newest_walk_id end as walk_id"
    yield from ("page", "item")
    yield from (f"{called.get(name, name)} as {name}" for name in (*_WORDS, "quantity", *_AMOUNTS))


def _make_table(connection: duckdb.DuckDBPyConnection) -> None:
    found = connection.execute(
        "select column_name from information_schema.columns where table_schema = ? and table_name = ? "
        "order by ordinal_position",
        [DATASET, LINE_CHANGES],
    ).fetchall()
    if [row[0] for row in found] != SCHEMA.names:
        connection.register("no_changes", SCHEMA.empty_table())
        connection.execute(f"create or replace table {DATASET}.{LINE_CHANGES} as from no_changes")
        connection.unregister("no_changes")


def _schema(names: Sequence[str]) -> pa.Schema:
    return pa.schema([SCHEMA.field(name) for name in names])
