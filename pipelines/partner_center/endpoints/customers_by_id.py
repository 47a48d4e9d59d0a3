"""One customer: the country, which only this call tells. Other personal data stays in the landing."""

from __future__ import annotations

from pipelines.partner_center.contract import Column, Endpoint, Kind, Table

CUSTOMERS_BY_ID = Endpoint(
    name="customers_by_id",
    docs="Get a customer by ID",
    path="/v1/customers/{customer_id}",
    partition=("customer_id",),
    items="single",
    tables=(
        Table(
            "customers_by_id",
            (
                Column("id", "id", required=True),
                Column("commerce_id", "commerceId"),
                Column("tenant_id", "companyProfile.tenantId"),
                Column("domain", "companyProfile.domain"),
                Column("company_name", "companyProfile.companyName"),
                Column("culture", "billingProfile.culture"),
                Column("country", "billingProfile.defaultAddress.country"),
                Column("relationship_to_partner", "relationshipToPartner"),
                Column("associated_partner_id", "associatedPartnerId", Kind.ID),
            ),
        ),
    ),
)
