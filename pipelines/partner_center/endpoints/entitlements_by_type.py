"""Entitlements of one type of one customer, on demand: the same rows as in the list of all, fewer of them.

They lie beside the list in the raw tables; nothing is reconciled from them, as the list of all is read anyway.
"""

from __future__ import annotations

from pipelines.partner_center.contract import Endpoint
from pipelines.partner_center.endpoints.entitlements import ARTIFACT_TABLE, ENTITLEMENT_TABLE, explode_entitlement

ENTITLEMENT_TYPES = ("software", "reservedinstance", "virtualmachinereservedinstance")

ENTITLEMENTS_BY_TYPE = Endpoint(
    name="entitlements_by_type",
    docs="Get a collection of entitlements",
    path="/v1/customers/{customer_id}/entitlements",
    partition=("customer_id", "entitlement_type"),
    params=(("entitlementType", "{entitlement_type}"), ("showExpiry", "true")),
    needs_user=True,
    is_informational=True,
    tables=(ENTITLEMENT_TABLE, ARTIFACT_TABLE),
    explode=explode_entitlement,
)
