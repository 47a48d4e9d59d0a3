"""What stands behind a reservation that a customer is entitled to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zlib import crc32

from pipelines.sandbox.artifacts import artifact_parts, derived_guid
from pipelines.sandbox.facts import Entitlement
from pipelines.sandbox.replies import Refused
from pipelines.sandbox.routes.common import NOT_MINE, Ask, user_only
from pipelines.sandbox.routes.customers import listed_customer
from pipelines.sandbox.wire import stamp

if TYPE_CHECKING:
    from pipelines.sandbox.app import SandboxApp

MANY = 10
"""From so many units on, an artifact holds two reservations."""


def answer(shop: SandboxApp, ask: Ask) -> object:
    """GET /customers/{id}/artifacts/{kind}/groups/{id}/lineitems/{id}/resource/{id}."""
    match ask.get_parts:
        case ["customers", customer_id, "artifacts", kind, "groups", group, "lineitems", line, "resource", resource]:
            user_only(ask)
            customer = listed_customer(shop, customer_id)
            wanted = tuple(part.lower() for part in (kind, group, line, resource))
            for entitlement in shop.live.entitlements_of(customer.id):
                held = entitlement.quantity_at(shop.clock) > 0 and entitlement.has_details
                if held and artifact_parts(entitlement) == wanted:
                    return _artifact(entitlement, shop)
            raise Refused(404, 1000, "The artifact was not found.")
    return NOT_MINE


def _artifact(e: Entitlement, shop: SandboxApp) -> dict[str, Any]:
    salt = crc32(e.resource_id.encode())
    quantity = e.quantity_at(shop.clock)
    parts = [quantity - 1, 1] if quantity >= MANY else [quantity]
    # The documented samples call the list one way, the page that describes it another.
    name = "reservations" if shop.quirks and salt % 3 == 0 else "virtualMachineReservations"
    found = [_reservation(e, number, part, shop.quirks) for number, part in enumerate(parts)]
    return {"type": e.artifact_kind, name: found}


def _reservation(e: Entitlement, number: int, quantity: int, quirks: bool) -> dict[str, Any]:
    salt = crc32(f"{e.resource_id}{number}".encode())
    began_at = e.changes[0][0]
    body: dict[str, Any] = {
        "reservationId": derived_guid(f"{e.resource_id} reservation {number}"),
        "scopeType": "Single" if e.is_single_scope else "Shared",
        "quantity": quantity,
        "effectiveDateTime": f"{began_at:%Y-%m-%dT%H:%M:%S.%f}4Z" if quirks else stamp(began_at, 0, quirks=False),
        "provisioningState": "Succeeded" if salt % 5 else "Created",
    }
    if salt % 2:
        body["displayName"] = f"{e.item.product_name} {number + 1}"
    if e.is_single_scope:
        body["appliedScopes"] = [f"/subscriptions/{derived_guid(e.resource_id + ' subscription')}"]
    if e.expires_at is not None:
        # Documented without a zone.
        body["expiryDateTime"] = stamp(e.expires_at, 0, False).removesuffix("Z" if quirks else "")
    return body
