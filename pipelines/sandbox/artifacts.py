"""What stands behind an entitlement, and the address at which its details are told."""

from __future__ import annotations

import hashlib
import uuid

from pipelines.sandbox.facts import Entitlement


def derived_guid(name: str) -> str:
    """A GUID that belongs to a name."""
    return str(uuid.UUID(bytes=hashlib.sha256(name.encode()).digest()[:16], version=4))


def artifact_parts(e: Entitlement) -> tuple[str, str, str, str]:
    """Kind, group, line and resource of the address; group and line are no ids of the order."""
    group = derived_guid(e.resource_id + " group").replace("-", "")
    return e.artifact_kind, group, derived_guid(e.resource_id + " line"), e.resource_id


def artifact_uri(e: Entitlement) -> str:
    """The address below the version prefix."""
    kind, group, line, resource = artifact_parts(e)
    return f"/customers/{e.customer.id}/artifacts/{kind}/groups/{group}/lineitems/{line}/resource/{resource}"
