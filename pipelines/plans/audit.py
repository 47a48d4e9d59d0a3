"""The change feed: each day of the last three months once it is over, and the latest days again.

Without it nothing is lost: then every customer is read.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from pipelines.landing import Partition
from pipelines.partner_center.endpoints import AUDIT_RECORDS
from pipelines.partner_center.endpoints.audit_records import OLDEST_DAYS
from pipelines.partner_center.walks import WalkRequest
from pipelines.plans.plan import Plan

TITLE = "what was done lately"
NEEDS_LOADED = False

ONE_DAY = timedelta(days=1)
# A record may come late: a day counts as whole when it was read a full day after its end.
SETTLES_AFTER = 2 * ONE_DAY


def today_request(plan: Plan) -> WalkRequest:
    """Today's records. Where they are refused, no other day is asked for."""
    return WalkRequest(AUDIT_RECORDS, {"day": plan.now.astimezone(UTC).date().isoformat()})


def requests(plan: Plan) -> list[WalkRequest]:
    """Every other day that is not known whole, as far back as the API answers."""
    today = plan.now.astimezone(UTC).date()
    now_asked = today_request(plan).partition_id
    wanted = []
    if is_covered(day_read(plan, today), today, plan.now):
        for days_back in range(1, OLDEST_DAYS + 1):
            day = today - days_back * ONE_DAY
            if not _is_settled(day_read(plan, day), day):
                wanted.append(WalkRequest(AUDIT_RECORDS, {"day": day.isoformat()}))
    # Days that are not asked for any more cannot be made good; what they held is made good by reading customers.
    plan.landing.forget_failures(
        AUDIT_RECORDS.name, {now_asked, *(one.partition_id for one in wanted)}, plan.now.isoformat()
    )
    return wanted


def covered_from(plan: Plan) -> date | None:
    """The first of the days that are known without a gap up to now; None when not even today is."""
    day = plan.now.astimezone(UTC).date()
    found = None
    for _ in range(OLDEST_DAYS + 1):
        if not is_covered(day_read(plan, day), day, plan.now):
            break
        found = day
        day -= ONE_DAY
    return found


def day_read(plan: Plan, day: date) -> Partition:
    """What is landed of one day."""
    return plan.landing.partition(AUDIT_RECORDS.name, {"day": day.isoformat()}, "")


def is_covered(partition: Partition, day: date, now: datetime) -> bool:
    """Whether a day was read to its end, or up to now."""
    read_at = _read_at(partition)
    return partition.status == "complete" and read_at is not None and read_at >= min(now, _start(day) + ONE_DAY)


def _is_settled(partition: Partition, day: date) -> bool:
    read_at = _read_at(partition)
    return partition.status == "complete" and read_at is not None and read_at >= _start(day) + SETTLES_AFTER


def _read_at(partition: Partition) -> datetime | None:
    if partition.current is None:
        return None
    return datetime.fromisoformat(partition.checked_at or partition.current.read_at)


def _start(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
