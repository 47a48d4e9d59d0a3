"""What was done in one day (UTC), by whomever: the change feed of orders.

Of all records only those of orders keep their contents: others hold addresses and accounts that no rule needs.
Who did it (`userPrincipalName`) is personal and stays in the landing.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.partner_center.contract import Column, Endpoint, JsonObject, Kind, Table, text
from pipelines.partner_center.values import member, members

# A day further back than that is refused.
OLDEST_DAYS = 89
PERSONAL = ("userprincipalname", "customername", "customizeddata")
CONTENTS = ("resourceoldvalue", "resourcenewvalue")


def explode_record(item: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    """A record, then each of its customised values; contents only where the record is about an order."""
    is_order = str(member(item, "resourceType")).casefold() == "order"
    left_out = PERSONAL if is_order else PERSONAL + CONTENTS
    yield "audit_records", {key: value for key, value in item.items() if key.casefold() not in left_out}
    if is_order:
        for entry in members(item, "customizedData"):
            yield "audit_record_values", entry


AUDIT_RECORDS = Endpoint(
    name="audit_records",
    docs="Get a record of Partner Center activity",
    path="/v1/auditrecords",
    partition=("day",),
    params=(("startDate", "{day}"), ("endDate", "{day}")),
    form="audit",
    size=500,
    tables=(
        Table(
            "audit_records",
            (
                # Old records have no id.
                *text("id", "partner_id"),
                Column("participants", "participants", Kind.JSON),
                *text("customer_id", "application_id", "resource_type", "resource_old_value", "resource_new_value"),
                *text("operation_type", "original_correlation_id", "operation_date", "operation_status"),
                Column("attributes", "attributes", Kind.JSON),
            ),
        ),
        Table("audit_record_values", (Column("key", "key"), Column("value", "value", Kind.ID))),
    ),
    explode=explode_record,
)
