"""What stands behind one artifact of a reservation: scope, times, state. The entitlement gives the link.

A link is never followed as sent: it is taken apart here and its parts are put into the path of this call, so
that it can lead nowhere but below the customer whose entitlement showed it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.partner_center.contract import Column, Endpoint, JsonObject, Kind, Table, text
from pipelines.partner_center.values import members

ARTIFACT_KINDS = ("reservedinstance", "virtualmachinereservedinstance")
_LINK = re.compile(
    r"/*(?:v1/)?customers/(?P<customer_id>[0-9a-f-]{36})/artifacts/(?P<artifact_kind>[a-z]+)"
    r"/groups/(?P<group_id>[\w-]{1,80})/lineitems/(?P<artifact_line_id>[\w-]{1,80})"
    r"/resource/(?P<resource_id>[\w-]{1,80})/?",
    re.IGNORECASE | re.ASCII,
)

RESERVATION_TABLE = Table(
    "reservations",
    (
        Column("reservation_id", "reservationId", Kind.ID, required=True),
        *text("scope_type", "display_name"),
        Column("applied_scopes", "appliedScopes", Kind.JSON),
        Column("quantity", "quantity", Kind.RATE, required=True),
        *text("expiry_date_time", "effective_date_time", "provisioning_state"),
        Column("attributes", "attributes", Kind.JSON),
        Column("artifact_type", "_artifact.type"),
        Column("artifact_dynamic_attributes", "_artifact.dynamicAttributes", Kind.JSON),
        Column("artifact_attributes", "_artifact.attributes", Kind.JSON),
    ),
)


def explode_artifact(item: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    """The reservations of an artifact, each with what is said of the artifact itself.

    Errors:  ValueError when both names of the list are filled: nobody says which one counts.
    """
    lists = [members(item, name) for name in ("virtualMachineReservations", "reservations")]
    if all(lists):
        raise ValueError("both `virtualMachineReservations` and `reservations` are filled")
    about = {
        key: value
        for key, value in item.items()
        if key.casefold() not in ("virtualmachinereservations", "reservations", "_index")
    }
    for reservation in lists[0] or lists[1]:
        yield "reservations", reservation | {"_artifact": about}


def artifact_partition(customer_id: str, uri: str | None) -> dict[str, str] | None:
    """The partition that an artifact's link names; None unless it is a reservation of that very customer."""
    found = _LINK.fullmatch((uri or "").strip())
    if found is None or found["customer_id"].lower() != customer_id.lower():
        return None
    if found["artifact_kind"].lower() not in ARTIFACT_KINDS:
        return None
    parts = {name: found[name].lower() for name in ("artifact_kind", "group_id", "artifact_line_id", "resource_id")}
    return {"customer_id": customer_id.lower(), **parts}


RESERVATIONS = Endpoint(
    name="reservations",
    docs="Get reservation details",
    path=(
        "/v1/customers/{customer_id}/artifacts/{artifact_kind}/groups/{group_id}"
        "/lineitems/{artifact_line_id}/resource/{resource_id}"
    ),
    partition=("customer_id", "artifact_kind", "group_id", "artifact_line_id", "resource_id"),
    needs_user=True,
    is_informational=True,
    items="single",
    tables=(RESERVATION_TABLE,),
    explode=explode_artifact,
)
