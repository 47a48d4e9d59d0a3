"""Single orders: those that something names and no list shows, and how far open deliveries are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import duckdb
import pyarrow as pa

from pipelines.partner_center.endpoints import ORDERS_BY_ID
from pipelines.partner_center.source import DATASET
from pipelines.partner_center.walks import WalkRequest
from pipelines.plans.deliveries import delivery_requests
from pipelines.plans.plan import Plan

TITLE = "single orders and deliveries"
NEEDS_LOADED = True

# How long an order that only the change feed names is asked for although it was not there.
NEW = timedelta(days=1)

_CUSTOMERS = pa.schema([("customer_id", pa.string())])


def requests(plan: Plan) -> list[WalkRequest]:
    """Orders that a charge, an entitlement or the change feed names and that no list shows; open deliveries.

    Absent orders that a charge or an entitlement names are asked for each time; those that the feed alone names as
    long as they are new, for a list shows an order up to 15 minutes late.

    Only ids in the form of an order id are asked for: the short alternate ids have no call. Nor are orders of
    a customer whose list was refused: it is not read already, and each of its orders would be refused as well.
    """
    with plan.database() as connection:
        rows = _named_and_unlisted(connection, plan.customers, plan.now)
        deliveries = delivery_requests(connection, plan.now)
    orders = [
        WalkRequest(ORDERS_BY_ID, {"customer_id": customer_id, "order_id": order_id}, not_found_is_empty=True)
        for customer_id, order_id in rows
    ]
    return [*orders, *deliveries]


def _named_and_unlisted(
    connection: duckdb.DuckDBPyConnection, customers: Sequence[str], now: datetime
) -> list[tuple[str, str]]:
    connection.register("listed_customers", pa.table({"customer_id": list(customers)}, schema=_CUSTOMERS))
    rows = connection.execute(
        f"""
        with named as (
            select lower(replace(customer_id, 'org:', '')) as customer_id, order_id
            from {DATASET}.invoice_line_items
            union
            select l.customer_id, e.reference_order_id
            from {DATASET}.entitlements e join {DATASET}.load_ledger l on l.partition_id = e._partition
            union
            -- The id of the record has the order in lower case, so only the value tells which order it is.
            select lower(replace(r.customer_id, 'org:', '')), v.value
            from {DATASET}.audit_records r
            join {DATASET}.audit_record_values v
                on v._partition = r._partition and v._walk_id = r._walk_id
                and v._page = r._page and v._position = r._position
            where lower(v.key) = 'orderid' and lower(r.operation_status) = 'succeeded'
                and (
                    split_part(r._partition, '/', 2) >= ?
                    or v.value not in (
                        select order_id from {DATASET}.load_ledger
                        where endpoint = 'orders_by_id' and status = 'complete'
                    )
                )
        )
        select distinct customer_id, order_id from named
        where length(order_id) >= 20
            and customer_id in (select customer_id from listed_customers)
            and customer_id not in (
                select customer_id from {DATASET}.load_ledger where endpoint = 'orders' and status <> 'complete'
            )
            and order_id not in (select id from {DATASET}.orders where _partition like 'orders/%')
        order by customer_id, order_id
        """,
        [(now - NEW).date().isoformat()],
    ).fetchall()
    connection.unregister("listed_customers")
    return rows
