"""All customers of the partner: the list that says whose orders and entitlements exist."""

from __future__ import annotations

from pipelines.partner_center.contract import Column, Endpoint, Kind, Table

CUSTOMERS = Endpoint(
    name="customers",
    docs="Get a list of customers",
    path="/v1/customers",
    form="customers",
    size=500,
    tables=(
        Table(
            "customers",
            (
                Column("id", "id", required=True),
                Column("tenant_id", "companyProfile.tenantId"),
                Column("domain", "companyProfile.domain"),
                Column("company_name", "companyProfile.companyName"),
                Column("company_profile_object_type", "companyProfile.attributes.objectType"),
                Column("relationship_to_partner", "relationshipToPartner"),
                Column("attributes", "attributes", Kind.JSON),
            ),
        ),
    ),
)
