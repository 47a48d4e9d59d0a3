"""What stands behind the reservations that customers are entitled to."""

from __future__ import annotations

from datetime import datetime, timedelta

import duckdb

from pipelines.landing import Partition
from pipelines.partner_center.endpoints import ENTITLEMENTS, RESERVATIONS
from pipelines.partner_center.endpoints.reservations import artifact_partition
from pipelines.partner_center.source import DATASET
from pipelines.partner_center.walks import WalkRequest
from pipelines.plans.plan import Plan

TITLE = "reservations"
NEEDS_LOADED = False


def requests(plan: Plan) -> list[WalkRequest]:
    """Artifacts never read, those of customers whose entitlements changed since, and those due for another look.

    An artifact that is gone by now is an answer. Links that lead anywhere but to a reservation of the customer
    who showed them are not followed.
    """
    # Without a user the call is refused, and what an earlier run with one read stays as it is.
    if not plan.with_user:
        return []
    with plan.as_loaded() as connection:
        shown = _shown(connection)
    listed = set(plan.customers)
    wanted: dict[str, WalkRequest] = {}
    for customer_id, uri, content_hash in shown:
        partition = artifact_partition(customer_id, uri)
        if partition is None or partition["customer_id"] not in listed:
            continue
        request = WalkRequest(RESERVATIONS, partition, content_hash, not_found_is_empty=True)
        landed = plan.landing.partition(RESERVATIONS.name, partition, request.partition_id)
        if (
            plan.options.sweep
            or landed.asked_for != content_hash
            or _is_due(landed, plan.now, plan.options.sweep_after)
        ):
            wanted[request.partition_id] = request
    return [wanted[name] for name in sorted(wanted)]


def _shown(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str]]:
    """Customer, link, and what the entitlements of that customer were when they showed it."""
    return connection.execute(
        f"""
        select distinct l.customer_id, a.link_uri, coalesce(l.content_hash, '')
        from {DATASET}.entitlement_artifacts a
        join {DATASET}.load_ledger l on l.partition_id = a._partition and l.walk_id = a._walk_id
        where l.endpoint = '{ENTITLEMENTS.name}' and a.link_uri is not null
        order by all
        """
    ).fetchall()


def _is_due(landed: Partition, now: datetime, after: timedelta) -> bool:
    if landed.status != "complete" or landed.current is None:
        return True
    return now - datetime.fromisoformat(landed.checked_at or landed.current.read_at) > after
