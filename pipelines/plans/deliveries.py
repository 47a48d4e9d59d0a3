"""How far the delivery of orders is, for those that are pending or have brought less than was ordered."""

from __future__ import annotations

from datetime import datetime, timedelta

import duckdb

from pipelines.partner_center.endpoints import ORDER_PROVISIONING_STATUS
from pipelines.partner_center.source import DATASET
from pipelines.partner_center.walks import WalkRequest

# What is still pending after that long hardly ever comes.
YOUNG = timedelta(days=35)

# Months of a term like P1M or P3Y; null for one without an end.
_TERM_MONTHS = """case
    when i.term_duration like 'P%Y' then 12 * try_cast(replace(replace(i.term_duration, 'P', ''), 'Y', '') as integer)
    when i.term_duration like 'P%M' then try_cast(replace(replace(i.term_duration, 'P', ''), 'M', '') as integer)
end"""


_IS_PENDING = "replace(lower(s.quantity_provisioning_information), '_', '') like '%prefulfillmentpending%'"


def delivery_requests(connection: duckdb.DuckDBPyConnection, now: datetime) -> list[WalkRequest]:
    """The status of each order whose delivery is open, where it can have changed since it was last asked for."""
    young = set(undelivered_orders(connection, now, only_young=True))
    unchanged = _unchanged(connection)
    wanted = []
    # What was pending is asked for until it no longer is, also when the right has come in the meantime.
    for order in sorted({*undelivered_orders(connection, now), *_pending(connection)}):
        # A young order without a status may get one; an old one has none.
        if order in unchanged and (unchanged[order] > 0 or order not in young):
            continue
        values = {"customer_id": order[0], "order_id": order[1]}
        wanted.append(WalkRequest(ORDER_PROVISIONING_STATUS, values, not_found_is_empty=True))
    return wanted


def undelivered_orders(
    connection: duckdb.DuckDBPyConnection, now: datetime, *, only_young: bool = False
) -> list[tuple[str, str]]:
    """One-time orders that are pending and young, or whose entitlements are short: (customer, order).

    An order whose term is over has no entitlement any more, and one that is only used for billing never has.
    Units that were handed on are counted as short here: one question too many does no harm.
    """
    return connection.execute(
        f"""
        with ordered as (
            select
                l.customer_id,
                o.id as order_id,
                lower(any_value(o.status)) as status,
                substr(any_value(o.creation_date), 1, 10) as created_on,
                sum(i.quantity) as quantity,
                max({_TERM_MONTHS}) as term_months
            from {DATASET}.orders o
            join {DATASET}.load_ledger l on l.partition_id = o._partition and l.walk_id = o._walk_id
            join {DATASET}.order_line_items i
                on i._partition = o._partition and i._walk_id = o._walk_id and i.order_id = o.id
            where l.endpoint in ('orders', 'orders_by_id')
                and replace(lower(o.billing_cycle), '_', '') = 'onetime'
                and lower(o.status) <> 'cancelled'
                and lower(coalesce(o.transaction_type, '')) <> 'systembilling'
                and replace(lower(coalesce(i.transaction_type, 'new')), '_', '') in ('', 'new', 'renew')
            group by l.customer_id, o.id, o._partition
        ),
        entitled as (
            select e.reference_order_id as order_id, sum(e.quantity) as quantity
            from {DATASET}.entitlements e
            join {DATASET}.load_ledger l on l.partition_id = e._partition and l.walk_id = e._walk_id
            where e.parent_path is null and l.endpoint = 'entitlements'
            group by 1
        ),
        readable as (
            select customer_id from {DATASET}.load_ledger where endpoint = 'entitlements' and status = 'complete'
        )
        select distinct o.customer_id, o.order_id
        from ordered o
        left join entitled e on e.order_id = o.order_id
        where (o.created_on >= $young_from or not $only_young)
            and (
                (o.status = 'pending' and o.created_on >= $young_from)
                or (
                    o.customer_id in (select customer_id from readable)
                    and coalesce(e.quantity, 0) < o.quantity
                    and (
                        o.term_months is null
                        or try_cast(o.created_on as date) + to_months(o.term_months) > cast($today as date)
                    )
                )
            )
        order by 1, 2
        """,
        {
            "young_from": (now - YOUNG).date().isoformat(),
            "only_young": only_young,
            "today": now.date().isoformat(),
        },
    ).fetchall()


def _pending(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """Orders whose status said last that units are pending."""
    return connection.execute(
        f"""
        select distinct l.customer_id, l.order_id
        from {DATASET}.load_ledger l
        join {DATASET}.order_provisioning_status s on s._partition = l.partition_id and s._walk_id = l.walk_id
        where l.endpoint = 'order_provisioning_status' and {_IS_PENDING}
        """
    ).fetchall()


def _unchanged(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], int]:
    """Lines with a status by order, where nothing is pending and the customer shows nothing new since."""
    rows = connection.execute(
        f"""
        with shown as (
            select customer_id, max(read_at) as read_at
            from {DATASET}.load_ledger
            where endpoint in ('orders', 'entitlements')
            group by 1
        )
        select l.customer_id, l.order_id, l.row_count
        from {DATASET}.load_ledger l
        left join shown on shown.customer_id = l.customer_id
        where l.endpoint = 'order_provisioning_status'
            and l.status = 'complete'
            and l.checked_at >= shown.read_at
            and not exists (
                select 1 from {DATASET}.order_provisioning_status s
                where s._partition = l.partition_id and s._walk_id = l.walk_id and {_IS_PENDING}
            )
        """
    ).fetchall()
    return {(customer_id, order_id): lines for customer_id, order_id, lines in rows}
