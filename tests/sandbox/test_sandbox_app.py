"""The routes answer in the documented shapes, and quirks change the spelling, never the business."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
from conftest import TOKEN_FORM, Caller, lines_path

from pipelines.sandbox import DEFAULT_CLOCK, SandboxApp, World

NUMBERS = {
    "unitPrice",
    "effectiveUnitPrice",
    "quantity",
    "subtotal",
    "taxTotal",
    "totalForCustomer",
    "pcToBCExchangeRate",
    "billableQuantity",
}
SPELLINGS = {"TaxTotal": "taxTotal", "providerName": "publisherName", "providerId": "publisherId"}
MOMENTS = {"orderDate", "pcToBCExchangeRateDate", "chargeStartDate", "chargeEndDate"}


def moment(text: str) -> datetime:
    """Any of the spellings, as UTC, cut to the microsecond."""
    found = re.fullmatch(r"(.{19})(?:\.(\d+))?(Z|[+-]\d\d:\d\d)?", text)
    assert found is not None, text
    base = datetime.fromisoformat(found[1] + (found[3] or "Z").replace("Z", "+00:00"))
    return base.astimezone(UTC) + timedelta(microseconds=int((found[2] or "0").ljust(6, "0")[:6]))


def meaning(row: dict[str, Any]) -> tuple[Any, ...]:
    """A line item without its spelling."""
    made: dict[str, Any] = {}
    for key, value in row.items():
        key = SPELLINGS.get(key, key)
        if key in NUMBERS:
            made[key] = Decimal(str(value)).normalize()
        elif key in MOMENTS:
            made[key] = moment(value)
        elif key == "customerId":
            made[key] = value.removeprefix("org:").lower()
        elif key == "resellerMpnId":
            made[key] = "" if str(value) == "0" else str(value)
        elif key not in ("quoteId", "attributes/objectType", "invoiceLineItemType", "billingProvider", "attributes"):
            made[key] = tuple(value) if isinstance(value, list) else value
    return tuple(sorted((k, v) for k, v in made.items() if v not in ("", None)))


def test_line_items_mean_the_same_with_and_without_quirks(world: World, caller: Caller, plain_caller: Caller) -> None:
    for document in world.documents:
        quirky = [meaning(row) for row in caller.rows(lines_path(document.id, size=100))]
        plain = [meaning(row) for row in plain_caller.rows(lines_path(document.id))]
        assert len(quirky) == len(plain) == len(document.charges)
        assert sorted(map(str, quirky)) == sorted(map(str, plain))


def test_orders_entitlements_and_documents_mean_the_same_with_and_without_quirks(
    world: World, caller: Caller, plain_caller: Caller
) -> None:
    def order(body: dict[str, Any]) -> tuple[Any, ...]:
        lines = [(x["lineItemNumber"], x["offerId"], x["quantity"], x["pricing"]) for x in body["lineItems"]]
        return (
            body["id"],
            body["referenceCustomerId"].lower(),
            moment(body["creationDate"]),
            body["status"],
            str(lines),
        )

    def entitlement(body: dict[str, Any]) -> str:
        """Links may carry a version, ids of resources any case, and what is reserved stands in one of two places."""
        artifacts = body.pop("entitledArtifacts")
        moved = [artifact.pop("dynamicAttributes", None) for artifact in artifacts]
        reserved = body.pop("dynamicAttributes", None) or next(iter(moved), None)
        for artifact in artifacts:
            artifact["resourceId"] = artifact["resourceId"].lower()
            if "link" in artifact:
                artifact["link"]["uri"] = artifact["link"]["uri"].removeprefix("/v1")
        return str((body, reserved, artifacts))

    for customer in [c for c in world.customers if c.is_listed][::7]:
        path = f"/v1/customers/{customer.id}/orders?include_price=true&include_system_purchases=true"
        quirky, plain = caller.json(path)["items"], plain_caller.json(path)["items"]
        assert [order(body) for body in quirky] == [order(body) for body in plain]
        path = f"/v1/customers/{customer.id}/entitlements"
        quirky, plain = caller.json(path)["items"], plain_caller.json(path)["items"]
        assert [entitlement(body) for body in quirky] == [entitlement(body) for body in plain]

    def documents(asker: Caller) -> set[tuple[Any, ...]]:
        listed = asker.json("/v1/invoices?size=200&offset=0")["items"]
        nested = [child for body in listed for child in body.get("amendments") or []]
        return {
            (d["id"], d["totalCharges"], d["paidAmount"], d["documentType"], d.get("amendsOf"))
            for d in listed + nested
        }

    assert documents(caller) == documents(plain_caller)
    assert len(documents(caller)) == len(world.documents)


def test_quirks_are_on_the_wire(world: World, caller: Caller) -> None:
    """One look for each oddity: if a change removes it, the reader is no longer tested against it."""
    seen = ""
    for document in world.documents:
        for page in caller.pages(lines_path(document.id, size=50)):
            assert page["totalCount"] == len(page["items"])
            seen += str(page)
    for oddity in (
        "?seekOperation=Next",
        "nvoicelineitemtype",
        "'//invoices/",
        "'/v1/invoices/",
        "'org:",
        "'attributes/objectType'",
        "'providerName'",
        "'quoteId'",
        "'resellerMpnId': 0",
        "'resellerMpnId': '0'",
        "'resellerMpnId': ''",
        "'TaxTotal'",
        "-08:00'",
        "removeQuantity",
        "customerCredit",
        ": None",
        "®",
        "€",
    ):
        assert oddity in seen, oddity
    starts = {caller.get(f"/v1/customers/{c.id}").content[:3] for c in world.customers[:20] if c.is_listed}
    assert b"\xef\xbb\xbf" in starts


def test_walks_have_large_empty_and_repeated_pages(world: World, caller: Caller) -> None:
    large = empty = repeated = only_in_link = 0
    for document in world.documents:
        pages = list(caller.pages(lines_path(document.id, size=50)))
        large += any(len(page["items"]) > 50 for page in pages)
        empty += any(not page["items"] for page in pages[:-1])
        rows = [str(page["items"]) for page in pages if page["items"]]
        repeated += len(set(rows)) < len(rows)
        only_in_link += len(pages) > 1 and "continuationToken" not in pages[0]
    assert min(large, empty, repeated, only_in_link) > 0


def test_customers_come_in_pages_and_strangers_are_not_among_them(world: World, caller: Caller) -> None:
    ids = [row["id"] for row in caller.rows("/v1/customers?size=40")]
    assert sorted(ids) == sorted(c.id for c in world.customers if c.is_listed)
    stranger = next(c for c in world.customers if not c.is_listed)
    assert caller.get(f"/v1/customers/{stranger.id}").status_code == 404


def test_a_customers_country_comes_by_id_only(world: World, caller: Caller) -> None:
    customer = world.customers[0]
    body = caller.json(f"/v1/customers/{customer.id}")
    assert body["billingProfile"]["defaultAddress"]["country"] == customer.country
    assert "billingProfile" not in caller.json("/v1/customers?size=1")["items"][0]


@pytest.mark.parametrize("tail", ["?provider=one_time&invoicelineitemtype=billinglineitems", "?provider=onetime"])
def test_a_wrong_provider_or_type_is_refused_with_a_message_alone(world: World, caller: Caller, tail: str) -> None:
    response = caller.get(f"/v1/invoices/{world.documents[0].id}/lineitems{tail}")
    assert (response.status_code, list(response.json())) == (400, ["message"])


def test_a_next_link_with_two_question_marks_cannot_be_followed_as_it_is(world: World, caller: Caller) -> None:
    path = lines_path(world.documents[0].id, size=50)
    assert caller.get(path + "?seekOperation=Next").status_code == 400


def test_the_path_style_gives_the_same_rows(world: World, caller: Caller) -> None:
    invoice_id = world.documents[0].id
    by_path = f"/v1/invoices/{invoice_id}/lineitems/OneTime/BillingLineItems?size=2000"
    assert caller.rows(by_path) == caller.rows(lines_path(invoice_id))


def test_app_only_tokens_are_refused_where_a_user_is_needed(world: World) -> None:
    form = {**TOKEN_FORM, "grant_type": "client_credentials"}
    app_only = Caller(SandboxApp(world), form)
    customer, invoice = world.customers[0].id, world.documents[0].id
    for path in (f"invoices/{invoice}", "invoices/summaries", f"customers/{customer}/entitlements"):
        response = app_only.get(f"/v1/{path}")
        assert (response.status_code, response.json()["code"]) == (403, 900329)
    for path in ("invoices", "invoices/summary", f"customers/{customer}/orders", "customers?size=2"):
        assert app_only.get(f"/v1/{path}").status_code == 200


def test_version_1_tokens_have_numbers_as_strings_and_version_2_has_numbers(caller: Caller) -> None:
    first = caller.http.post("/tenant/oauth2/token", data=TOKEN_FORM).json()
    form = {**TOKEN_FORM, "refresh_token": first["refresh_token"], "scope": "https://api.example.com/.default"}
    second = caller.http.post("/tenant/oauth2/v2.0/token", data=form).json()
    assert (first["expires_in"], second["expires_in"]) == ("3599", 3599)


def test_an_old_refresh_token_dies_when_the_new_one_is_used(caller: Caller) -> None:
    def refresh(token: str) -> httpx.Response:
        return caller.http.post("/tenant/oauth2/token", data={**TOKEN_FORM, "refresh_token": token})

    second = refresh("sandbox-refresh").json()["refresh_token"]
    assert refresh("sandbox-refresh").status_code == 200
    assert refresh(second).status_code == 200
    assert refresh("sandbox-refresh").status_code == 400


def test_a_refresh_token_outlives_the_sandbox_that_issued_it_and_an_invented_one_is_refused(world: World) -> None:
    first, later = Caller(SandboxApp(world)), Caller(SandboxApp(world))
    kept = first.http.post("/tenant/oauth2/token", data=TOKEN_FORM).json()["refresh_token"]
    for token, status in ((kept, 200), (kept[:-1] + "-", 400), ("sandbox-refresh-", 400)):
        answer = later.http.post("/tenant/oauth2/token", data={**TOKEN_FORM, "refresh_token": token})
        assert answer.status_code == status


def test_a_wrong_secret_and_a_missing_token_are_refused(caller: Caller) -> None:
    answer = caller.http.post("/tenant/oauth2/token", data={**TOKEN_FORM, "client_secret": "wrong-one"})
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert caller.http.get("/v1/customers").status_code == 401


def test_the_retired_audience_gets_a_token_that_nobody_takes(world: World) -> None:
    retired = Caller(SandboxApp(world), {**TOKEN_FORM, "resource": "https://graph.windows.net"})
    response = retired.get("/v1/customers")
    assert (response.status_code, response.json()["code"]) == (401, 900420)


def test_a_new_order_is_found_by_id_fifteen_minutes_before_the_list_shows_it(world: World, caller: Caller) -> None:
    order = next(
        o for orders in world.orders.values() for o in orders if o.created_at > DEFAULT_CLOCK - timedelta(minutes=15)
    )
    path = f"/v1/customers/{order.customer.id}/orders"
    assert caller.json(f"{path}/{order.id}")["id"] == order.id
    assert order.id not in [body["id"] for body in caller.json(path)["items"]]
    caller.http.post("/_sandbox/clock", json={"clock": "2026-10-14T09:10:00Z"})
    assert order.id in [body["id"] for body in caller.json(path)["items"]]


def test_system_orders_and_prices_are_shown_only_when_asked_for(world: World, caller: Caller) -> None:
    order = next(o for orders in world.orders.values() for o in orders if o.transaction_type == "SystemPurchase")
    path = f"/v1/customers/{order.customer.id}/orders"
    bare = caller.json(path)["items"]
    assert order.id not in [body["id"] for body in bare]
    assert all("pricing" not in line for body in bare for line in body["lineItems"])
    full = {b["id"]: b for b in caller.json(f"{path}?include_price=true&include_system_purchases=true")["items"]}
    assert full[order.id]["lineItems"][0]["pricing"]["extendedPrice"] > 0


def test_the_clock_decides_what_exists(world: World, caller: Caller) -> None:
    caller.http.post("/_sandbox/clock", json={"clock": "2026-09-12T09:00:00Z"})
    clock = datetime(2026, 9, 12, 9, tzinfo=UTC)
    listed = caller.json("/v1/invoices")["items"]
    assert {body["id"] for body in listed} == {d.id for d in world.documents if d.at <= clock}
    assert len(caller.http.get("/_sandbox/truth").json()) == len(world.truth(clock))
    void = [body for body in listed if body["documentType"] == "void_note" and body.get("amendments")]
    assert {child["documentType"] for body in void for child in body["amendments"]} == {"adjustment_note"}


def test_a_balance_is_the_sum_of_the_open_documents_but_for_the_planted_errors(world: World, caller: Caller) -> None:
    accounted_at = datetime(2026, 10, 13, tzinfo=UTC)
    planted = {error.currency: error.amount for error in world.balance_errors}
    for body in caller.json("/v1/invoices/summaries")["items"]:
        counted = [
            d
            for d in world.documents
            if d.currency == body["currencyCode"] and d.is_counted_at(DEFAULT_CLOCK) and d.at <= accounted_at
        ]
        expected = sum((d.open_at(DEFAULT_CLOCK) for d in counted), Decimal(0))
        assert body["balanceAmount"] == expected + planted.get(body["currencyCode"], 0)
        if "details" in body:
            wrong_sums = {
                error.currency: error.amount for error in world.balance_errors if error.invoice_type == "sum"
            }
            parts = sum(d["summary"]["balanceAmount"] for d in body["details"])
            assert body["balanceAmount"] == parts + wrong_sums.get(body["currencyCode"], 0)
