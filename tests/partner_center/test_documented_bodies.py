"""Bodies as they are documented: every value of an item reaches a cell of a raw table, digit by digit."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pytest

from pipelines.partner_center.endpoints import ENDPOINTS
from pipelines.partner_center.pages import read_page

FOLDER = os.environ.get("RECON_EXAMPLES_DIR", "")
pytestmark = pytest.mark.skipif(
    not FOLDER, reason="RECON_EXAMPLES_DIR is not set; it names the folder with the documented bodies"
)
BODIES = {
    "customers_list": "customers",
    "invoices_list": "invoices",
    "invoice_by_id": "invoices_by_id",
    "lineitems_onetime_billing_page1": "invoice_line_items",
    "lineitems_onetime_billing_page2": "invoice_line_items",
    "lineitems_onetime_nce_page1": "invoice_line_items",
    "lineitems_office_billing": "office_line_items",
    "lineitems_azure_billing": "azure_line_items",
    "lineitems_azure_usage": "azure_daily_usage",
    "dailyrated_billed_page1": "daily_rated_usage",
    "dailyrated_unbilled_page1": "unbilled_daily_usage",
    "unbilled_billing_page1": "unbilled_line_items",
    "estimate_links": "estimate_links",
    "invoice_summary": "invoice_summary",
    "invoice_summaries": "invoice_summaries",
    "orders_all": "orders",
    "order_by_id": "orders_by_id",
    "order_create": "orders_by_id",
    "order_cancel_software_partial": "orders_by_id",
    "entitlements_all": "entitlements",
    "products_list": "products",
    "skus_list": "skus",
    "availabilities_list": "availabilities",
    "inventory_check": "inventory",
    # The pages on the calls by customer show SKUs for products, a product for SKUs, a SKU for availabilities.
    "products_by_customer": "customer_products",
    "skus_by_customer": "products_by_id",
    "availabilities_by_customer": "skus_by_id",
    "reservation_artifact_v19": "reservations",
    "order_activation_links": "order_activation_links",
    "subscriptions_by_order": "subscriptions_by_order",
    "audit_records_changefeed": "audit_records",
}


def wanted(item: dict[str, Any], endpoint: str) -> dict[str, Any]:
    """An item without what is left in the landing on purpose: people, and contents that are not about orders."""
    if endpoint != "audit_records":
        return item
    personal = {"userPrincipalName", "customerName"}
    if item["resourceType"] != "order":
        personal |= {"customizedData", "resourceNewValue", "resourceOldValue"}
    return {key: value for key, value in item.items() if key not in personal}


def leaves(value: Any) -> Iterator[Any]:
    """Every text, number and truth value inside; `details` and the like included."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner)
    elif value is not None:
        yield value


def is_json(text: str) -> bool:
    return text.startswith(('{"', "{}", "["))


def spelling(value: Any) -> str:
    """One text for a value, whether it is a number, a text or a cell of a table."""
    if isinstance(value, bool):
        return str(value)
    try:
        return f"{Decimal(value).normalize():f}"
    except (InvalidOperation, TypeError, ValueError):
        return str(value)


def cells(page: Any) -> list[str]:
    """All cells of all tables; those that hold JSON are opened as well."""
    found = []
    for table in page.tables.values():
        for row in table.to_pylist():
            for value in row.values():
                if value is None:
                    continue
                found.append(spelling(value))
                if isinstance(value, str) and is_json(value):
                    found += [spelling(leaf) for leaf in leaves(json.loads(value, parse_float=Decimal))]
    return found


@pytest.mark.parametrize("name", BODIES)
def test_every_value_of_a_documented_body_reaches_a_cell(name: str) -> None:
    body = (Path(FOLDER) / f"{name}.json").read_bytes()
    endpoint = ENDPOINTS[BODIES[name]]
    page = read_page(body, endpoint)
    document = json.loads(body.decode("utf-8-sig"), parse_float=Decimal)
    items = document["items"] if endpoint.is_collection else document if endpoint.items == "array" else [document]
    assert page.item_count == len(items)
    there = cells(page)
    for value in leaves([wanted(item, endpoint.name) for item in items]):
        assert spelling(value) in there, value
        there.remove(spelling(value))
    assert page.unknown_fields == {}


@pytest.mark.parametrize("name", BODIES)
def test_a_documented_body_keeps_its_number_of_rows(name: str) -> None:
    endpoint = ENDPOINTS[BODIES[name]]
    page = read_page((Path(FOLDER) / f"{name}.json").read_bytes(), endpoint)
    # A main table in most cases; the answers by customer are sorted by what their items are.
    assert sum(page.tables[table.name].num_rows for table in endpoint.tables) >= page.item_count > 0
