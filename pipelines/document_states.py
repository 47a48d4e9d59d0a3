"""What a billing document looked like when: one row each time its total, payments or standing were seen to be other.

The API shows only the present, and the raw tables hold the newest list of documents. Every list is kept in the
landing, so these states can be made again from there, in the order in which the lists were read.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import duckdb
import pyarrow as pa

from pipelines.partner_center.endpoints import INVOICES
from pipelines.partner_center.source import DATASET, LandedWalk

DOCUMENT_STATES = "document_states"
DOCUMENT_STATES_DDL = f"""
create table if not exists {DATASET}.{DOCUMENT_STATES} (
    document_id varchar, amends_of varchar, currency_code varchar, invoice_type varchar, invoice_date varchar,
    document_type varchar, state varchar, total_charges decimal(38, 12), paid_amount decimal(38, 12),
    seen_at timestamp, is_first_reading boolean
)
"""
_STANDING = ("document_type", "state", "amends_of", "total_charges", "paid_amount")

# An id may stand in a list on its own and inside its base document: its own row speaks, the other fills gaps. The
# same content in two lists gives no new row, so running again on the same landing changes nothing.
_NOTE_CHANGES = f"""
insert into {DATASET}.{DOCUMENT_STATES}
with appearances as (
    select
        i.id as document_id, coalesce(nullif(trim(i.amends_of), ''), i.nested_in) as amends_of, i.currency_code,
        i.invoice_type, i.invoice_date, i.document_type, i.state, i.total_charges,
        coalesce(i.paid_amount, 0) as paid_amount, w.seen_at, w.reading_number,
        row_number() over (
            partition by i.id, w.reading_number order by i.nested_in is not null, i._page, i._position
        ) as preference
    from new_lists w
    join {DATASET}.invoices i on i._partition = w.partition_id and i._walk_id = w.walk_id
),
readings as (
    select
        document_id, max(amends_of) as amends_of, first(currency_code order by preference) as currency_code,
        max(invoice_type) as invoice_type, first(invoice_date order by preference) as invoice_date,
        max(document_type) filter (preference = 1) as document_type, max(state) as state,
        max(total_charges) filter (preference = 1) as total_charges,
        max(paid_amount) filter (preference = 1) as paid_amount, seen_at, reading_number, true as is_new
    from appearances
    group by document_id, seen_at, reading_number
),
known as (
    select * exclude (is_first_reading), cast(0 as bigint) as reading_number, false as is_new
    from {DATASET}.{DOCUMENT_STATES}
    qualify row_number() over (partition by document_id order by seen_at desc, is_first_reading) = 1
),
together as (
    select *,
        {", ".join(f"lag({name}) over history as former_{name}" for name in _STANDING)},
        row_number() over history = 1 as is_first
    from (select * from known union all by name select * from readings)
    window history as (partition by document_id order by is_new, seen_at, reading_number)
)
select
    document_id, amends_of, currency_code, invoice_type, invoice_date, document_type, state, total_charges,
    paid_amount, seen_at, is_first
from together
where is_new
    and (is_first or {" or ".join(f"{name} is distinct from former_{name}" for name in _STANDING)})
"""


def note_document_states(connection: duckdb.DuckDBPyConnection, loaded: Sequence[LandedWalk]) -> None:
    """Adds the changes that the just loaded lists of documents show."""
    rows = [
        {
            "partition_id": walk.raw_partition,
            "walk_id": walk.manifest.walk_id,
            "seen_at": datetime.fromisoformat(walk.manifest.read_at).replace(tzinfo=None),
            "reading_number": number,
        }
        for number, walk in enumerate(loaded, start=1)
        if walk.endpoint is INVOICES
    ]
    if not rows:
        return
    connection.register("new_lists", pa.Table.from_pylist(rows))
    connection.execute(_NOTE_CHANGES)
    connection.unregister("new_lists")
