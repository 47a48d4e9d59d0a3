"""What a customer received."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.sandbox.replies import Refused
from pipelines.sandbox.routes.common import NOT_MINE, Ask, user_only
from pipelines.sandbox.routes.customers import listed_customer
from pipelines.sandbox.wire import object_type

if TYPE_CHECKING:
    from pipelines.sandbox.app import SandboxApp


def answer(shop: SandboxApp, ask: Ask) -> object:
    """GET /customers/{id}/entitlements."""
    match ask.get_parts:
        case ["customers", customer_id, "entitlements"]:
            customer = listed_customer(shop, customer_id)
            user_only(ask)
            if customer.id in shop.faults.faults.forbidden_entitlements:
                raise Refused(403, 20002, "The customer has no commerce relation to this partner.")
            kind = ask.query.get("entitlementtype", "").lower()
            expiry = ask.query.get("showexpiry", "").lower() == "true"
            items = shop.bodies.entitlements(customer.id, shop.clock, kind=kind, expiry=expiry)
            # This collection is documented without links.
            return {"totalCount": len(items), "items": items, "attributes": object_type("Collection")}
    return NOT_MINE
