"""What each customer ordered and received: read again where something may have changed.

A customer is read when it never was, when the change feed or a new charge names it, when its last reading failed or
is old, when a delivery is under way, and whenever the feed does not cover the time since. Orders and entitlements
are read together, so that they show one moment.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import duckdb

from pipelines.partner_center.endpoints import CUSTOMERS_BY_ID, ENTITLEMENTS, ORDERS
from pipelines.partner_center.source import DATASET
from pipelines.partner_center.walks import WalkRequest
from pipelines.plans.audit import covered_from
from pipelines.plans.deliveries import undelivered_orders
from pipelines.plans.plan import Plan

TITLE = "orders and entitlements"
# The tables are asked only where a customer was read before.
NEEDS_LOADED = False

# A right follows its order within a day, so what was done the day before a reading is looked at once more.
LOOK_BACK = timedelta(days=1)


def requests(plan: Plan) -> list[WalkRequest]:
    """Orders and entitlements of the customers that are due; each customer itself until it has once been read."""
    due = set(due_customers(plan))
    wanted = []
    for customer_id in plan.customers:
        partition = {"customer_id": customer_id}
        if customer_id in due:
            wanted.append(WalkRequest(ORDERS, partition))
            wanted.append(WalkRequest(ENTITLEMENTS, partition))
        if plan.landing.partition(CUSTOMERS_BY_ID.name, partition, "").current is None:
            wanted.append(WalkRequest(CUSTOMERS_BY_ID, partition))
    return wanted


def due_customers(plan: Plan) -> Iterator[str]:
    """Customers whose orders and entitlements have to be read now."""
    covered = covered_from(plan)
    if plan.options.sweep or covered is None or not (plan.landing.folder / ORDERS.name).is_dir():
        yield from plan.customers
        return
    with plan.database() as connection:
        read = _last_readings(connection, with_user=plan.with_user)
        touched = _days_with_changes(connection)
        charged = _newest_charges(connection)
        waiting = {customer for customer, _ in undelivered_orders(connection, plan.now, only_young=True)}
    for customer_id in plan.customers:
        read_at = read.get(customer_id)
        if read_at is None or plan.now - read_at >= plan.options.sweep_after:
            yield customer_id
            continue
        since = (read_at - LOOK_BACK).date()
        is_touched = touched.get(customer_id, date.min) >= since
        is_charged = charged.get(customer_id, read_at) > read_at
        if since < covered or is_touched or is_charged or customer_id in waiting:
            yield customer_id


def _last_readings(connection: duckdb.DuckDBPyConnection, *, with_user: bool) -> dict[str, datetime]:
    """When each customer was last read completely; one whose last attempt failed was not.

    The app alone may not see entitlements, so that they are not read says nothing then.
    """
    endpoints = [ORDERS.name, ENTITLEMENTS.name] if with_user else [ORDERS.name]
    rows = connection.execute(
        f"select lower(customer_id), min(checked_at) from {DATASET}.load_ledger "
        "where endpoint in (select unnest(?)) group by 1 "
        "having count(*) filter (where status = 'complete') = ?",
        [endpoints, len(endpoints)],
    ).fetchall()
    return {customer_id: _utc(read_at) for customer_id, read_at in rows}


def _days_with_changes(connection: duckdb.DuckDBPyConnection) -> dict[str, date]:
    """The last day on which something was done to an order of each customer, as the change feed tells."""
    rows = connection.execute(
        f"""
        select lower(replace(r.customer_id, 'org:', '')), max(split_part(r._partition, '/', 2))
        from {DATASET}.audit_records r
        join {DATASET}.load_ledger l on l.partition_id = r._partition and l.walk_id = r._walk_id
        where lower(r.resource_type) = 'order' and lower(r.operation_status) = 'succeeded'
        group by 1
        """
    ).fetchall()
    return {customer_id: date.fromisoformat(day) for customer_id, day in rows}


def _newest_charges(connection: duckdb.DuckDBPyConnection) -> dict[str, datetime]:
    """When the newest lines that name each customer were read."""
    rows = connection.execute(
        f"""
        select lower(replace(i.customer_id, 'org:', '')), max(l.read_at)
        from {DATASET}.invoice_line_items i
        join {DATASET}.load_ledger l on l.partition_id = i._partition and l.walk_id = i._walk_id
        group by 1
        """
    ).fetchall()
    return {customer_id: _utc(read_at) for customer_id, read_at in rows}


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)
