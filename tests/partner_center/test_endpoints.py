"""What the endpoint files declare: consistent, complete, and read from bodies of the documented shapes."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipelines.partner_center.contract import Endpoint, Kind, camel, raw_schema
from pipelines.partner_center.endpoints import ENDPOINTS, TABLES
from pipelines.partner_center.pages import PageRows, read_page

BODIES = Path(__file__).resolve().parents[1] / "bodies"
EVERY = pytest.mark.parametrize("endpoint", ENDPOINTS.values(), ids=ENDPOINTS)


def read(name: str, endpoint: str | None = None) -> PageRows:
    """A body kept beside the tests, read as its endpoint declares."""
    return read_page((BODIES / f"{name}.json").read_bytes(), ENDPOINTS[endpoint or name])


def rows(page: PageRows, table: str) -> list[dict[str, Any]]:
    return page.tables[table].to_pylist()


@EVERY
def test_a_path_and_its_parameters_name_only_fields_of_the_partition(endpoint: Endpoint) -> None:
    values = dict.fromkeys(endpoint.partition, "x")
    assert "{" not in endpoint.path.format(**values)
    for _, value in endpoint.params:
        value.format(**values)
    assert endpoint.docs
    assert endpoint.path.startswith("/v1/" if endpoint.host == "partner_center" else "/v1.0/")


@EVERY
def test_money_and_currency_are_declared_columns_of_their_kind(endpoint: Endpoint) -> None:
    for table in endpoint.tables:
        kinds = {column.name: column.kind for column in table.columns}
        # Daily usage is rated finer than money is kept.
        assert {kinds[name] for name in table.money} <= {Kind.MONEY, Kind.RATE}
        if table.currency:
            assert kinds[table.currency] is Kind.TEXT
        assert bool(table.money) == bool(table.currency)


@EVERY
def test_columns_have_one_name_and_one_path_each(endpoint: Endpoint) -> None:
    for table in endpoint.tables:
        names = raw_schema(table).names
        paths = [column.path.casefold() for column in table.columns]
        assert len(set(names)) == len(names)
        assert len(set(paths)) == len(paths)
        assert not any(name.startswith("_dlt") for name in names)


def test_a_table_is_declared_once_even_where_two_endpoints_fill_it() -> None:
    for endpoint in ENDPOINTS.values():
        for table in endpoint.tables:
            assert TABLES[table.name] is table


def test_the_camel_case_of_a_column_is_its_name_on_the_wire() -> None:
    assert camel("total_for_customer") == "totalForCustomer"


def test_amendments_and_what_they_offer_are_rows_beside_their_document() -> None:
    page = read("invoices")
    found = {(row["id"], row["nested_in"]): row for row in rows(page, "invoices")}
    assert set(found) == {("G900000001", None), ("N900000002", "G900000001"), ("T900000003", None)}
    assert found[("G900000001", None)]["amendments_count"] == 1
    assert found[("N900000002", "G900000001")]["total_charges"] == Decimal("-20.5")
    assert found[("T900000003", None)]["has_invoice_details"] is False
    kinds = [(row["invoice_id"], row["billing_provider"]) for row in rows(page, "invoice_details")]
    assert kinds == [("G900000001", "one_time"), ("G900000001", "marketplace"), ("N900000002", "one_time")]
    assert page.item_count == 2
    assert page.unknown_fields == {}


def test_an_invoice_by_id_fills_the_tables_of_the_list() -> None:
    page = read("invoices_by_id")
    assert rows(page, "invoices")[0]["billing_period_end_date"] == "2026-09-30T00:00:00Z"
    assert page.item_count == 1


def test_numbers_ids_and_old_and_new_rows_come_in_one_page() -> None:
    page = read("invoice_line_items")
    old, new = rows(page, "invoice_line_items")
    assert (old["reseller_mpn_id"], new["reseller_mpn_id"]) == ("0", "6000123")
    assert (old["publisher_name"], old["provider_name"]) == (None, "Pretend Networks")
    assert (str(new["effective_unit_price"]), new["subtotal"]) == ("0.199123400051199180813700", Decimal("33.3"))
    assert (new["discount_details"], new["promotion_id"]) == ("", None)
    assert new["attributes_object_type"] == "OneTimeInvoiceLineItem"
    assert (old["customer_id"], new["product_qualifiers"]) == (
        "org:aaaaaaaa-0000-4000-8000-000000000001",
        '["AddOn"]',
    )
    assert new["tax_total"] == Decimal("6.66")
    assert page.unknown_fields == {}


def test_licence_lines_take_numbers_and_ids_in_either_form() -> None:
    page = read("office_line_items")
    fee, credit = rows(page, "office_line_items")
    assert (fee["mpn_id"], credit["mpn_id"], fee["tier2_mpn_id"]) == ("6000001", "6000001", "-1")
    assert (fee["order_id"], credit["order_id"]) == ("567000000000000001", "567000000000000002")
    assert (fee["amount"], credit["amount"]) == (Decimal("24"), Decimal("-4"))
    assert (fee["tax"], credit["tax"], credit["quantity"]) == (Decimal("4.1"), None, 1)
    assert page.unknown_fields == {}


def test_former_azure_lines_come_with_either_name_of_a_customer_and_of_a_charge() -> None:
    page = read("azure_line_items")
    first, second = rows(page, "azure_line_items")
    assert (first["customer_company_name"], second["customer_name"]) == ("Pretend & Sons", "Pretend & Sons")
    assert (first["pretax_charges"], second["pretax_charges"]) == (Decimal("63.33"), Decimal(0))
    assert (first["detail_line_item_id"], second["detail_line_item_id"]) == (1, 2)
    assert str(first["pretax_effective_rate"]).rstrip("0") == "0.08500671"
    assert page.unknown_fields == {}


def test_former_daily_usage_has_quantities_and_no_price() -> None:
    page = read("azure_daily_usage")
    day = rows(page, "azure_daily_usage")[0]
    assert (day["customer_billable_account"], day["consumed_quantity"]) == ("1439000001", Decimal("2.9616"))
    assert ENDPOINTS["azure_daily_usage"].tables[0].money == ()
    assert page.unknown_fields == {}


def test_rated_days_keep_every_digit_and_both_names_of_the_credit() -> None:
    page = read("daily_rated_usage")
    old, new, older = rows(page, "daily_rated_usage")
    assert str(new["effective_unit_price"]) == "0.199996800051199180813100"
    assert str(old["billing_pre_tax_total"]) == "0.486031696515249100000000"
    assert new["pricing_pre_tax_total"] is None
    credit = [(row["has_partner_earned_credit"], row["is_partner_earned_credit_applied"]) for row in (new, older)]
    assert credit == [(True, None), (None, False)]
    assert (old["publisher_id"], new["reseller_mpn_id"], older["meter_id"]) == ("28503520", "0", "4core")
    assert (older["usage_date"], older["partner_name"]) == ("2026-09-14", "Pretend Partner")
    assert json.loads(old["additional_info"])["ImageType"] is None
    assert page.unknown_fields == {}


def test_unbilled_rows_are_read_as_billed_ones_are() -> None:
    page = read("unbilled_line_items")
    line = rows(page, "unbilled_line_items")[0]
    assert (line["subtotal"], line["total_for_customer"]) == (Decimal(820), Decimal(0))
    assert (line["invoice_number"], line["billing_frequency"], line["order_id"]) == ("", None, "oA-1")
    assert page.unknown_fields == {}
    day = rows(read("unbilled_daily_usage"), "unbilled_daily_usage")[0]
    assert (day["effective_unit_price"], day["invoice_number"], day["meter_id"]) == (0, "", "4core")
    assert day["billing_pre_tax_total"] > 0


def test_a_link_to_an_estimate_is_kept_with_its_address() -> None:
    page = read("estimate_links")
    found = rows(page, "estimate_links")
    assert [(row["type"], row["period"]) for row in found[:2]] == [
        ("daily_rated_usage", "Current"),
        ("daily_rated_usage", "Previous"),
    ]
    assert "provider=Marketplace" in found[0]["link_uri"]
    assert page.unknown_fields == {}


def test_order_lines_carry_their_order_and_its_currency() -> None:
    page = read("orders")
    first, second = rows(page, "order_line_items")
    assert (first["order_id"], first["currency_code"], first["line_item_number"]) == ("oA-1", "EUR", 0)
    assert (first["extended_price"], second["extended_price"]) == (Decimal("120.000000000001"), None)
    assert second["quantity"] == 0
    assert second["sku_uri"] == "/products/PRETEND00001/skus/0009"
    assert [row["line_items_count"] for row in rows(page, "orders")] == [2, 0]
    assert page.unknown_fields == {}


def test_a_record_of_activity_tells_of_orders_and_of_nobody_else() -> None:
    page = read("audit_records")
    found = rows(page, "audit_records")
    assert [(row["resource_type"], row["operation_status"]) for row in found] == [
        ("order", "succeeded"),
        ("order", "failed"),
        ("customer", "succeeded"),
    ]
    assert found[0]["resource_new_value"].startswith('{"Id":"OB1xyz')
    assert (found[1]["id"], found[2]["resource_new_value"]) == (None, None)
    values = [(row["_position"], row["key"], row["value"]) for row in rows(page, "audit_record_values")]
    assert values == [
        (1, "OrderId", "OB1xyz-AbcdefghijklmnopqrstuVW1"),
        (1, "Quantity-0", "3"),
        (1, "PartnerOnRecord-0", None),
    ]
    for personal in ("someone@example.com", "Pretend Foods", "Pretendville"):
        assert personal not in str(page.tables)
    assert page.unknown_fields == {}


def test_subscriptions_of_an_order_keep_their_times_as_sent() -> None:
    page = read("subscriptions_by_order")
    row = rows(page, "subscriptions_by_order")[0]
    assert (row["creation_date"], row["auto_renew_enabled"]) == ("2026-02-25T06: 41: 12Z", False)
    assert page.unknown_fields == {}


def test_components_of_a_bundle_name_their_parent() -> None:
    page = read("entitlements")
    paths = [(row["path"], row["parent_path"], row["quantity"]) for row in rows(page, "entitlements")]
    assert paths == [("0", None, 3), ("0.0", "0", 3), ("0.0.0", "0.0", 1), ("1", None, 1)]
    assert [row["path"] for row in rows(page, "entitlement_artifacts")] == ["0", "1", "1"]
    assert [row["artifacts_count"] for row in rows(page, "entitlements")] == [1, 0, 0, 2]
    assert page.unknown_fields == {}


def test_a_balance_is_its_total_and_its_parts() -> None:
    page = read("invoice_summaries")
    found = [(row["part"], row["currency_code"], row["balance_amount"]) for row in rows(page, "invoice_summaries")]
    assert found == [
        ("total", "EUR", Decimal("30.03")),
        ("Recurring", "EUR", Decimal("10.01")),
        ("OneTime", "EUR", Decimal("20.02")),
        ("total", "JPY", Decimal(0)),
    ]
    assert page.unknown_fields == {}


def test_customers_keep_no_more_than_is_needed() -> None:
    assert rows(read("customers"), "customers")[0]["company_name"] == "Prétend & Söhne"
    page = read("customers_by_id")
    assert rows(page, "customers_by_id")[0]["country"] == "DE"
    # Names and addresses of people are listed as not read, and not loaded.
    assert "customers_by_id.billingProfile.firstName" in page.unknown_fields
    assert "Nobody" not in str(rows(page, "customers_by_id"))


def test_a_sku_keeps_its_zeros_and_whatever_the_catalog_adds_to_it() -> None:
    first, second = rows(read("skus"), "skus")
    assert (first["id"], second["id"]) == ("0001", "00G1")
    assert (
        first["dynamic_attributes"] == '{"cores":"6","ram":56.0,"isAddon":false,"prerequisiteSkus":[],"upgrade":null}'
    )
    assert first["purchase_prerequisites"] == '["AzureSubscriptionRegistration","InventoryCheck"]'
    assert second["dynamic_attributes"] is None
    assert read("skus").unknown_fields == {}


def test_an_availability_keeps_its_terms_and_its_own_id_whatever_its_link_says() -> None:
    first, second = rows(read("availabilities"), "availabilities")
    assert (first["id"], first["is_purchasable"]) == ("PRETENDAV001", True)
    assert json.loads(first["terms"])[0]["duration"] == "P1Y"
    assert (first["default_currency"], second["default_currency"]) == ('{"code":"USD","symbol":"$"}', '"EUR"')


def test_what_a_customer_can_buy_is_sorted_by_what_it_is() -> None:
    """The documented answers of these calls are mixed up."""
    page = read("customer_products")
    assert [row["id"] for row in rows(page, "products")] == ["PRETEND00001"]
    assert [row["id"] for row in rows(page, "skus")] == ["PRETEND-0145"]
    assert rows(read("customer_availabilities"), "availabilities")[0]["id"] == "PRETENDAV001"


def test_an_inventory_answer_is_a_bare_list() -> None:
    page = read("inventory")
    assert [(row["sku_id"], row["is_restricted"]) for row in rows(page, "inventory")] == [
        ("0001", True),
        ("00G1", False),
    ]
    assert page.item_count == 2


def test_the_inventory_is_asked_in_the_documented_case() -> None:
    asked = ENDPOINTS["inventory"].request
    assert asked is not None
    values = {"country": "US", "product_id": "P", "sku_id": "", "context": "armRegionName=westus2&customerId=c%26d"}
    assert asked(values) == {
        "TargetItems": [{"ProductId": "P"}],
        "InventoryContext": {"armRegionName": "westus2", "customerId": "c&d"},
    }


@pytest.mark.parametrize("name", [path.stem for path in sorted(BODIES.glob("*.json"))])
def test_key_case_makes_no_difference(name: str) -> None:
    body = json.loads((BODIES / f"{name}.json").read_text(), parse_float=Decimal)

    def respell(value: Any) -> Any:
        if isinstance(value, dict):
            return {key[:1].upper() + key[1:]: respell(inner) for key, inner in value.items()}
        return [respell(inner) for inner in value] if isinstance(value, list) else value

    endpoint = ENDPOINTS[name]
    plain, respelt = (read_page(json.dumps(one, default=str).encode(), endpoint) for one in (body, respell(body)))
    for table in endpoint.tables:
        free = [column.name for column in table.columns if column.kind is Kind.JSON]
        assert plain.tables[table.name].drop_columns(free) == respelt.tables[table.name].drop_columns(free)
