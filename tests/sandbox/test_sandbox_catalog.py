"""The pretend catalog: who sees what, what vanishes, and what is in stock."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from pipelines.sandbox import DEFAULT_CLOCK
from pipelines.sandbox.catalog import FEW_COUNTRIES, RENAMES_AT, VANISHES_AT, VIEWS, Product, is_restricted, number_of
from pipelines.sandbox.facts import Item
from tests.sandbox.conftest import Caller


def products(caller: Caller, view: str, country: str = "US", **more: str) -> list[str]:
    query = "".join(f"&{name}={value}" for name, value in more.items())
    body = caller.json(f"/v1/products?country={country}&targetView={view}{query}")
    return [item["id"] for item in body["items"]]


def some(caller: Caller, kind: str, country: str = "US") -> Product:
    """A product of a kind that the country's catalog shows."""
    found = caller.app.catalog.products.values()
    return next(one for one in found if one.kind == kind and one.is_sold_in(country, caller.app.clock))


def item_of(product: Product) -> Item:
    return next(iter(product.skus.values()))


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_shows_something_and_only_in_its_own_words(caller: Caller, view: str) -> None:
    assert products(caller, view)
    assert products(caller, view.lower()) == products(caller, view)


def test_a_view_that_does_not_exist_is_refused(caller: Caller) -> None:
    refused = caller.get("/v1/products?country=US&targetView=AzureAzureReservationsVM")
    assert (refused.status_code, refused.json()["code"]) == (400, 900126)
    assert caller.get("/v1/products?targetView=Azure").status_code == 400


def test_a_view_of_reservations_is_the_sum_of_its_kinds(caller: Caller) -> None:
    parts = [products(caller, f"AzureReservations{kind}") for kind in ("VM", "SQL", "CosmosDb")]
    assert sorted(one for part in parts for one in part) == products(caller, "AzureReservations")


def test_the_scope_of_a_reservation_gives_other_availabilities(caller: Caller) -> None:
    item = item_of(some(caller, "reservation"))
    path = f"/v1/products/{item.product_id}/skus/{item.sku_id}/availabilities?country=US"
    plain = {one["id"] for one in caller.json(path)["items"]}
    scoped = {one["id"] for one in caller.json(f"{path}&reservationScope=AzurePlan")["items"]}
    assert plain
    assert scoped
    assert not plain & scoped


def test_a_segment_narrows_the_availabilities(caller: Caller) -> None:
    item = next(
        item_of(one)
        for one in caller.app.catalog.products.values()
        if number_of(one.id) % 3 == 0 and one.is_sold_in("US", DEFAULT_CLOCK) and one.kind == "subscription"
    )
    path = f"/v1/products/{item.product_id}/skus/{item.sku_id}/availabilities?country=US&targetSegment=education"
    assert {one["segment"].lower() for one in caller.json(path)["items"]} == {"education"}


def test_some_products_are_sold_in_few_countries(caller: Caller) -> None:
    rare = next(
        one
        for one in caller.app.catalog.products.values()
        if number_of(one.id) % 7 == 0 and one.is_sold_in("US", DEFAULT_CLOCK)
    )
    answers = {country: caller.get(f"/v1/products/{rare.id}?country={country}") for country in ("US", "DE", "JP")}
    assert [answers[country].status_code for country in FEW_COUNTRIES] == [200, 200]
    assert (answers["JP"].status_code, answers["JP"].json()["code"]) == (404, 400013)


def test_a_product_vanishes_and_an_availability_gets_another_id(caller: Caller) -> None:
    gone = next(one for one in caller.app.catalog.products.values() if number_of(one.id) % 13 == 1)
    item = next(
        one
        for one in map(item_of, caller.app.catalog.products.values())
        if number_of(one.availability_id) % 9 == 1 and caller.app.catalog.product(one.product_id, "US", DEFAULT_CLOCK)
    )
    path = f"/v1/products/{item.product_id}/skus/{item.sku_id}/availabilities"
    assert caller.get(f"/v1/products/{gone.id}?country=US").status_code == 200
    assert caller.get(f"{path}/{item.availability_id}?country=US").status_code == 200
    caller.app.clock = max(VANISHES_AT, RENAMES_AT) - timedelta(days=10)
    assert caller.get(f"{path}/{item.availability_id}?country=US").json()["code"] == 400019
    assert caller.json(f"{path}?country=US")["items"]
    caller.app.clock = VANISHES_AT
    assert caller.get(f"/v1/products/{gone.id}?country=US").status_code == 404


def test_metered_usage_is_in_no_catalog(caller: Caller) -> None:
    meter = next(c.item for d in caller.app.world.documents for c in d.charges if c.item.kind == "meter")
    assert caller.get(f"/v1/products/{meter.product_id}?country=US").status_code == 404


def test_the_products_of_a_customer_are_skus_in_one_view_as_documented(caller: Caller, plain_caller: Caller) -> None:
    customer = next(one for one in caller.app.bodies.customers.values() if one.country == "US")
    path = f"/v1/customers/{customer.id}/products?targetView=MicrosoftAzure"
    assert all("productId" in one for one in caller.json(path)["items"])
    assert all("localizedAttributes" in one for one in plain_caller.json(path)["items"])


def inventory(caller: Caller, body: dict[str, Any]) -> Any:
    headers = {"Authorization": f"Bearer {caller.bearer}"}
    answer = caller.http.post("/v1/extensions/product/checkinventory?country=US", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return json.loads(answer.content)


def test_the_inventory_takes_names_in_either_case_and_leaves_out_what_it_does_not_know(caller: Caller) -> None:
    item = next(
        one
        for one in map(item_of, caller.app.catalog.products.values())
        if one.kind == "reservation"
        and not is_restricted(one, "")
        and caller.app.catalog.product(one.product_id, "US", DEFAULT_CLOCK)
    )
    pascal = {"TargetItems": [{"ProductId": item.product_id, "SkuId": item.sku_id}, {"ProductId": "NOTHERE"}]}
    camel = {"targetItems": [{"productId": item.product_id}], "inventoryContext": {"armRegionName": "JapanWest"}}
    free, restricted = inventory(caller, pascal), inventory(caller, camel)
    assert [(one["skuId"], one["isRestricted"]) for one in free] == [(item.sku_id, False)]
    assert restricted[0]["isRestricted"] is True
    assert restricted[0]["restrictions"][0]["reasonCode"] == "NotAvailableForSubscription"
