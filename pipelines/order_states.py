"""When an order line changed: one row each time its quantity or its order's status was seen to be another.

The API shows only the present. Readings of orders are kept in the landing, so these states can be made
again from there, in the order in which the readings were taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import duckdb
import pyarrow as pa

from pipelines.partner_center.source import DATASET, LandedWalk

ORDER_STATES_DDL = f"""
create table if not exists {DATASET}.order_line_states (
    order_id varchar, customer_id varchar, line_item_number bigint, order_status varchar,
    quantity decimal(38, 24), seen_at timestamp, is_first_reading boolean
)
"""

# Same content in two readings gives no new row, so running again on the same landing changes nothing.
_NOTE_CHANGES = f"""
insert into {DATASET}.order_line_states
with readings as (
    select
        o.id as order_id, w.customer_id, l.line_item_number, o.status as order_status, l.quantity,
        w.seen_at, w.reading_number, true as is_new
    from new_walks w
    join {DATASET}.orders o on o._partition = w.partition_id and o._walk_id = w.walk_id
    join {DATASET}.order_line_items l
        on l._partition = o._partition and l._walk_id = o._walk_id and l.order_id = o.id
    qualify row_number() over (
        partition by o.id, l.line_item_number, w.reading_number order by l._page, l._position
    ) = 1
),
known as (
    select
        order_id, customer_id, line_item_number, order_status, quantity, seen_at,
        cast(0 as bigint) as reading_number, false as is_new
    from {DATASET}.order_line_states
    qualify row_number() over (
        partition by order_id, line_item_number order by seen_at desc, is_first_reading
    ) = 1
),
together as (
    select *,
        lag(order_status) over line_history as former_status,
        lag(quantity) over line_history as former_quantity,
        row_number() over line_history = 1 as is_first
    from (from known union all from readings)
    window line_history as (
        partition by order_id, line_item_number order by is_new, seen_at, reading_number
    )
)
select order_id, customer_id, line_item_number, order_status, quantity, seen_at, is_first
from together
where is_new
    and (is_first or order_status is distinct from former_status or quantity is distinct from former_quantity)
"""


def note_order_states(connection: duckdb.DuckDBPyConnection, loaded: Sequence[LandedWalk]) -> None:
    """Adds the changes that the just loaded order walks show."""
    rows = [
        {
            "partition_id": walk.raw_partition,
            "walk_id": walk.manifest.walk_id,
            "customer_id": walk.manifest.partition["customer_id"],
            "seen_at": datetime.fromisoformat(walk.manifest.read_at).replace(tzinfo=None),
            "reading_number": number,
        }
        for number, walk in enumerate(loaded, start=1)
        if walk.endpoint.keeps_states and "customer_id" in walk.manifest.partition
    ]
    if not rows:
        return
    connection.register("new_walks", pa.Table.from_pylist(rows))
    connection.execute(_NOTE_CHANGES)
    connection.unregister("new_walks")
