"""Reading one partition: what becomes of it when pages are refused, repeated, missing or the same as before."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipelines.errors import NotAuthorized, OriginRefused
from pipelines.landing import Landing, Partition
from pipelines.partner_center.auth import SignIn
from pipelines.partner_center.client import ClientOptions, PartnerCenterClient
from pipelines.partner_center.endpoints import (
    CUSTOMERS_BY_ID,
    ENTITLEMENTS,
    INVOICE_LINE_ITEMS,
    INVOICE_SUMMARIES,
    ORDERS,
    ORDERS_BY_ID,
)
from pipelines.partner_center.walks import MAX_RESTARTS, WalkOutcome, WalkReader, WalkRequest
from tests.sandboxed import API, Silent

READ_AT = "2026-10-14T09:00:00+00:00"
LINES = WalkRequest(
    INVOICE_LINE_ITEMS, {"invoice_id": "G1", "provider": "onetime", "line_item_type": "billing"}, "header"
)
HIS_ORDERS = WalkRequest(ORDERS, {"customer_id": "c1"})
ONE_ORDER = WalkRequest(ORDERS_BY_ID, {"customer_id": "c1", "order_id": "o1"}, not_found_is_empty=True)


def line(number: int = 1, **more: Any) -> dict[str, Any]:
    return {"customerId": "c1", "orderId": f"o{number}", "subtotal": number, "totalForCustomer": number} | more


def order(number: int = 1, **more: Any) -> dict[str, Any]:
    return {"id": f"o{number}", "creationDate": "2026-10-01T00:00:00Z", "lineItems": []} | more


def page(*items: Any, token: str | None = None, announced: int | None = None) -> dict[str, Any]:
    body: dict[str, Any] = {"totalCount": len(items) if announced is None else announced, "items": list(items)}
    return body | ({"continuationToken": token} if token else {})


class Desk:
    """A landing, and a client whose answers are given one by one: a body, or (status, code)."""

    def __init__(self, folder: Path) -> None:
        self.landing = Landing(folder)
        self.requests: list[httpx.Request] = []

    def read(self, request: WalkRequest, *answers: Any, user: bool = True) -> WalkOutcome:
        waiting = list(answers)
        self.requests = []

        def respond(sent: httpx.Request) -> httpx.Response:
            if sent.url.path.endswith("/token"):
                return httpx.Response(200, json={"access_token": "t", "expires_in": 3600, "token_type": "Bearer"})
            self.requests.append(sent)
            answer = waiting.pop(0)
            if isinstance(answer, tuple):
                return httpx.Response(answer[0], json={"code": answer[1], "description": "No."})
            if isinstance(answer, bytes):
                return httpx.Response(200, content=answer)
            return httpx.Response(200, json=answer)

        signed = SignIn("tenant", "app", "secret", "refresh" if user else None, API, API)
        options = ClientOptions(base_url=API, requests_per_minute=10_000_000, max_attempts=2)
        transport = httpx.MockTransport(respond)
        with PartnerCenterClient(options, signed, transport=transport, sleep=lambda seconds: None) as client:
            outcome = WalkReader(client, self.landing, READ_AT, Silent()).read(request)
        assert waiting == []
        return outcome

    def landed(self, request: WalkRequest) -> Partition:
        return self.landing.partition(request.endpoint.name, request.partition, request.partition_id)

    def notes(self, request: WalkRequest) -> list[str]:
        current = self.landed(request).current
        assert current is not None
        return current.notes

    @property
    def leftovers(self) -> list[Path]:
        return list(self.landing.folder.glob(".incoming/*"))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "landing")


def test_a_complete_walk_is_landed_with_totals_request_ids_and_what_it_was_asked_for(desk: Desk) -> None:
    outcome = desk.read(LINES, page(line(1, currency="USD"), token="next"), page(line(2, currency="USD")))
    assert (outcome.result, outcome.item_count) == ("new", 2)
    current = desk.landed(LINES).current
    assert current is not None
    assert current.totals["invoice_line_items"]["USD"]["total_for_customer"] == "3"
    assert (current.asked_for, current.read_at, current.item_count) == ("header", READ_AT, 2)
    assert len({one.request_id for one in current.pages}) == 2
    assert all(one.request_id for one in current.pages)
    assert desk.requests[1].headers["MS-ContinuationToken"] == "next"


def test_unknown_fields_are_listed_in_the_manifest(desk: Desk) -> None:
    desk.read(LINES, page(line(newField=None), token="next"), page(line(2, newField=["x"], other=1)))
    current = desk.landed(LINES).current
    assert current is not None
    assert current.unknown_fields == {"invoice_line_items.newField": "list", "invoice_line_items.other": "number"}


def test_equal_content_is_no_new_walk_and_the_check_is_remembered(desk: Desk) -> None:
    desk.read(LINES, page(line(1)))
    again = WalkRequest(LINES.endpoint, LINES.partition, "another header")
    # Other bytes, the same content.
    assert desk.read(again, page(line(1, subtotal="1.00"))).result == "same"
    found = desk.landed(LINES)
    assert (len(found.walks), found.asked_for, found.checked_at) == (1, "another header", READ_AT)
    assert desk.leftovers == []


def test_other_content_is_a_new_walk_beside_the_old_one(desk: Desk) -> None:
    desk.read(LINES, page(line(1)))
    assert desk.read(LINES, page(line(2))).result == "new"
    assert [walk.sequence for walk in desk.landed(LINES).walks] == [1, 2]


def test_a_refused_token_restarts_the_walk(desk: Desk) -> None:
    first = page(line(1), token="next")
    assert desk.read(LINES, first, (400, 3000), first, page(line(2))).result == "new"
    assert desk.leftovers == []


def test_a_token_refused_again_and_again_fails_the_partition_after_two_restarts(desk: Desk) -> None:
    desk.read(LINES, page(line(9)))
    pair = (page(line(1), token="next"), (400, 3000))
    outcome = desk.read(LINES, *(pair * (MAX_RESTARTS + 1)))
    assert (outcome.result, len(desk.requests)) == ("failed", 6)
    assert "no longer accepted" in str(outcome.reason)
    assert (desk.landed(LINES).status, len(desk.landed(LINES).walks)) == ("stale", 1)


def test_fewer_items_than_announced_fail_the_walk_and_leave_the_older_one(desk: Desk) -> None:
    desk.read(LINES, page(line(1)))
    outcome = desk.read(LINES, page(line(2), announced=5))
    assert outcome.result == "failed"
    assert "announces 5 items and holds 1" in str(outcome.reason)
    found = desk.landed(LINES)
    assert (found.status, len(found.walks), desk.leftovers) == ("stale", 1, [])


def test_a_count_in_another_case_counts_as_well(desk: Desk) -> None:
    outcome = desk.read(LINES, {"TotalCount": 5, "Items": [line(2)]})
    assert "announces 5 items and holds 1" in str(outcome.reason)


def test_more_items_than_announced_are_noted(desk: Desk) -> None:
    desk.read(LINES, page(line(1), line(2), announced=1))
    assert desk.notes(LINES) == ["page 1 announces 1 items and holds 2"]


def test_a_constant_larger_count_is_the_total_of_the_walk(desk: Desk) -> None:
    assert desk.read(LINES, page(line(1), token="n", announced=2), page(line(2), announced=2)).result == "new"


def test_a_repeated_page_is_counted_once_and_noted(desk: Desk) -> None:
    outcome = desk.read(LINES, page(line(1), token="a"), page(line(2), token="b"), page(line(1, subtotal="1.0")))
    assert outcome.item_count == 2
    assert desk.notes(LINES) == ["page 3 repeats page 1 row for row; counted once"]
    current = desk.landed(LINES).current
    assert current is not None
    assert current.totals["invoice_line_items"][""]["rows"] == "2"
    assert [one.repeats_page for one in current.pages] == [None, None, 1]


def test_equal_rows_in_one_page_both_count(desk: Desk) -> None:
    assert desk.read(LINES, page(line(1), line(1))).item_count == 2


def test_empty_after_items_is_believed_when_it_is_said_twice(desk: Desk) -> None:
    desk.read(LINES, page(line(1)))
    outcome = desk.read(LINES, page(), page())
    assert (outcome.result, outcome.item_count) == ("new", 0)
    assert desk.notes(LINES) == ["empty in two readings, after one with items"]


def test_empty_once_and_then_not_is_the_second_reading_alone(desk: Desk) -> None:
    desk.read(LINES, page(line(1)))
    assert desk.read(LINES, page(), page(line(1))).result == "same"
    assert desk.read(LINES, page(), page(line(1), line(2))).result == "new"
    assert desk.notes(LINES) == []


def test_empty_once_and_then_refused_leaves_the_old_walk(desk: Desk) -> None:
    desk.read(LINES, page(line(1)))
    assert desk.read(LINES, page(), (404, 1000)).result == "failed"
    assert desk.landed(LINES).status == "stale"
    assert desk.leftovers == []


def test_orders_are_read_without_prices_where_prices_are_refused(desk: Desk) -> None:
    assert desk.read(HIS_ORDERS, (403, 800043), page(order())).result == "new"
    asked = [dict(request.url.params).get("include_price") for request in desk.requests]
    assert asked == ["true", None]
    assert all(request.url.params["include_system_purchases"] == "true" for request in desk.requests)
    assert desk.notes(HIS_ORDERS) == ["read without prices: this sign-in may not see them"]


def test_another_403_fails_the_partition_with_its_code(desk: Desk) -> None:
    outcome = desk.read(HIS_ORDERS, (403, 20002))
    failure = desk.landed(HIS_ORDERS).failure
    assert failure is not None
    assert (outcome.result, outcome.is_outage, failure.status, failure.code) == ("failed", False, 403, "20002")
    assert "no commerce relation" in failure.reason
    assert desk.read(HIS_ORDERS, page(order())).result == "new"
    assert desk.landed(HIS_ORDERS).status == "complete"


def test_refused_prices_of_an_endpoint_without_prices_are_a_failure(desk: Desk) -> None:
    assert desk.read(ONE_ORDER, (403, 800043), (403, 800043)).result == "failed"
    assert desk.read(WalkRequest(CUSTOMERS_BY_ID, {"customer_id": "c1"}), (403, 800043)).result == "failed"


def test_404_is_a_failure_or_an_answer_as_the_request_says(desk: Desk) -> None:
    assert desk.read(HIS_ORDERS, (404, 1000)).result == "failed"
    assert desk.landed(HIS_ORDERS).status == "missing"
    assert desk.read(ONE_ORDER, (404, 20000)).result == "new"
    assert desk.notes(ONE_ORDER) == ["not found"]
    assert desk.read(ONE_ORDER, (404, 20000)).result == "same"
    assert desk.read(ONE_ORDER, order(1)).result == "new"


def test_an_order_that_vanishes_is_believed_when_it_is_said_twice(desk: Desk) -> None:
    desk.read(ONE_ORDER, order(1))
    assert desk.read(ONE_ORDER, (404, 20000), (404, 20000)).item_count == 0
    assert desk.landed(ONE_ORDER).status == "complete"


def test_a_404_in_the_middle_of_a_walk_is_a_failure(desk: Desk) -> None:
    maybe = WalkRequest(LINES.endpoint, LINES.partition, not_found_is_empty=True)
    assert desk.read(maybe, page(line(1), token="next"), (404, 1000)).result == "failed"


@pytest.mark.parametrize("endpoint", [ENTITLEMENTS, INVOICE_SUMMARIES])
def test_what_needs_a_user_is_recorded_as_not_read_by_the_app_alone(desk: Desk, endpoint: Any) -> None:
    request = WalkRequest(endpoint, dict.fromkeys(endpoint.partition, "c1"))
    outcome = desk.read(request, user=False)
    assert (outcome.result, desk.requests) == ("failed", [])
    assert "app+user" in str(outcome.reason)
    assert desk.landed(request).status == "missing"


def test_a_refused_sign_in_ends_the_run(desk: Desk) -> None:
    with pytest.raises(NotAuthorized):
        desk.read(HIS_ORDERS, (401, 400), (401, 400))
    assert desk.landed(HIS_ORDERS).failure is None
    assert desk.leftovers == []


def test_a_link_to_another_host_ends_the_run(desk: Desk) -> None:
    away = {"links": {"next": {"uri": "https://elsewhere.example.net/v1/x", "method": "GET", "headers": []}}}
    with pytest.raises(OriginRefused):
        desk.read(LINES, page(line(1)) | away)
    assert desk.leftovers == []


def test_an_outage_is_told_apart_from_a_refusal(desk: Desk) -> None:
    outcome = desk.read(HIS_ORDERS, (503, 1), (503, 1))
    assert (outcome.result, outcome.is_outage) == ("failed", True)


@pytest.mark.parametrize(
    ("times", "items", "said"),
    [
        (2, b'[{"id":"o1","creationDate":"d","totalPrice":NaN}]', "NaN"),
        (2, b'[{"id":"o1","creationDate":"d","id":"o2"}]', "comes twice|occurs twice"),
        (1, b'[{"id":"o1","creationDate":"d","ID":"o2"}]', "in another case"),
        (1, b'[{"id":"o1","creationDate":"d","totalPrice":true}]', r"orders, item 1, field `totalPrice`"),
        (1, b'[{"id":"o1","creationDate":"d"},{"creationDate":"d"}]', r"orders, item 2, field `id`: required"),
        (1, b'[{"id":"o1","creationDate":"d","totalPrice":1e40}]', r"item 1, field `totalPrice`: .* does not fit"),
        (1, b'[{"id":"o1","creationDate":"d","totalPrice":0.0000000000001}]', r"does not fit DECIMAL\(38, 12\)"),
        (1, b'[{"id":"o1","creationDate":"d","lineItems":{}}]', r"item 1: `lineItems` is not a list"),
        (2, b"[" + b"[" * 100_000 + b"]" * 100_000 + b"]", "too deeply"),
    ],
)
def test_a_page_that_is_not_as_declared_fails_its_partition_only_and_says_where(
    desk: Desk, times: int, items: bytes, said: str
) -> None:
    body = b'{"totalCount":1,"items":' + items + b"}"
    # A page that is not strict may be damaged and is asked for once more; a page of another shape is not.
    outcome = desk.read(HIS_ORDERS, *[body] * times)
    assert (outcome.result, outcome.is_outage) == ("failed", False)
    failure = desk.landed(HIS_ORDERS).failure
    assert failure is not None
    assert re.search(said, failure.reason), failure.reason
    assert desk.leftovers == []


def test_ids_are_quoted_in_paths(desk: Desk) -> None:
    desk.read(WalkRequest(ORDERS, {"customer_id": "a b?c"}), page())
    assert desk.requests[0].url.raw_path.startswith(b"/v1/customers/a%20b%3Fc/orders?")


def test_an_id_that_would_climb_is_never_sent(desk: Desk) -> None:
    for climbing in ("../b", "..", ".", "a/b"):
        assert desk.read(WalkRequest(ORDERS, {"customer_id": climbing})).result == "failed"
        assert desk.requests == []


def test_two_partitions_never_share_a_name() -> None:
    one = ORDERS_BY_ID.partition_id({"customer_id": "a/b", "order_id": "c"})
    other = ORDERS_BY_ID.partition_id({"customer_id": "a", "order_id": "b/c"})
    assert one != other
    assert ORDERS.partition_id({"customer_id": "c-1"}) == "orders/c-1"


def test_a_manifest_and_a_failure_hold_no_secret(desk: Desk) -> None:
    desk.read(LINES, page(line(1)))
    desk.read(HIS_ORDERS, (403, 20002))
    for file in desk.landing.folder.rglob("*.json"):
        text = json.dumps(json.loads(file.read_text()))
        assert "Bearer" not in text
        assert "secret" not in text
