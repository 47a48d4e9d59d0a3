"""Orders that something names and no list shows."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import pyarrow as pa

from pipelines.partner_center.endpoints import ORDERS_BY_ID
from pipelines.partner_center.source import DATASET
from pipelines.partner_center.walks import WalkRequest
from pipelines.plans.plan import Plan

TITLE = "orders named by charges or entitlements"
NEEDS_LOADED = True

_CUSTOMERS = pa.schema([("customer_id", pa.string())])


def requests(plan: Plan) -> list[WalkRequest]:
    """Orders that a charge or an entitlement names and that no list shows; absent ones are asked for each time.

    Only ids in the form of an order id are asked for: the short alternate ids have no call. Nor are orders of
    a customer whose list was refused: it is not read already, and each of its orders would be refused as well.
    """
    with plan.database() as connection:
        rows = _named_and_unlisted(connection, plan.customers)
    return [
        WalkRequest(ORDERS_BY_ID, {"customer_id": customer_id, "order_id": order_id}, not_found_is_empty=True)
        for customer_id, order_id in rows
    ]


def _named_and_unlisted(connection: duckdb.DuckDBPyConnection, customers: Sequence[str]) -> list[tuple[str, str]]:
    connection.register("listed_customers", pa.table({"customer_id": list(customers)}, schema=_CUSTOMERS))
    rows = connection.execute(
        f"""
        with named as (
            select lower(replace(customer_id, 'org:', '')) as customer_id, order_id
            from {DATASET}.invoice_line_items
            union
            select l.customer_id, e.reference_order_id
            from {DATASET}.entitlements e join {DATASET}.load_ledger l on l.partition_id = e._partition
        )
        select distinct customer_id, order_id from named
        where length(order_id) >= 20
            and customer_id in (select customer_id from listed_customers)
            and customer_id not in (
                select customer_id from {DATASET}.load_ledger where endpoint = 'orders' and status <> 'complete'
            )
            and order_id not in (select id from {DATASET}.orders where _partition like 'orders/%')
        order by customer_id, order_id
        """
    ).fetchall()
    connection.unregister("listed_customers")
    return rows
