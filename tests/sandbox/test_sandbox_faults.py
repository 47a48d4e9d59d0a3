"""Each fault does what it says, alone, and lets a patient caller through when it is a passing one."""

from __future__ import annotations

import json
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import pytest
from conftest import TOKEN_FORM, Caller, lines_path

from pipelines.sandbox import Faults, SandboxApp, World


def with_faults(world: World, **faults: Any) -> Caller:
    return Caller(SandboxApp(world, faults=Faults(**faults)))


@pytest.mark.parametrize(("style", "expected"), [("seconds", "7"), ("none", None)])
def test_a_throttled_call_says_how_long_to_wait_or_not(world: World, style: str, expected: str | None) -> None:
    caller = with_faults(world, throttle_every=1, throttle_style=style, retry_after_seconds=7)
    response = caller.get("/v1/customers")
    assert (response.status_code, response.headers.get("Retry-After")) == (429, expected)


def test_a_throttled_call_can_name_a_date(world: World) -> None:
    response = with_faults(world, throttle_every=1, throttle_style="date").get("/v1/customers")
    assert parsedate_to_datetime(response.headers["Retry-After"]).tzinfo is not None


def test_a_retry_with_the_same_request_id_gets_through(world: World) -> None:
    """With every call hit twice, the third attempt of each one succeeds."""
    caller = with_faults(world, server_error_every=1, burst=2)
    for request_id in ("a", "b"):
        codes = [caller.get("/v1/customers", MS_RequestId=request_id).status_code for _ in range(3)]
        assert codes[2] == 200
        assert {code >= 400 for code in codes[:2]} == {True}
    recent = caller.http.get("/_sandbox/calls").json()["recent"]
    assert [call["request_id"] for call in recent if call["request_id"] in "ab"] == ["", *"aaabbb"]


def test_server_errors_take_turns(world: World) -> None:
    caller = with_faults(world, server_error_every=1)
    assert {caller.get("/v1/customers").status_code for _ in range(5)} == {500, 502, 503, 504, 408}


def test_every_third_call_is_hit_and_the_others_are_not(world: World) -> None:
    caller = with_faults(world, throttle_every=3)
    assert [caller.get("/v1/customers").status_code for _ in range(6)] == [200, 200, 429] * 2


def test_a_reset_ends_the_body_in_the_middle(world: World) -> None:
    with pytest.raises(httpx.ReadError):
        with_faults(world, reset_every=1).get("/v1/customers")


def test_a_short_body_is_shorter_than_announced(world: World) -> None:
    response = with_faults(world, short_body_every=1).get("/v1/customers")
    assert len(response.content) < int(response.headers["Content-Length"])


@pytest.mark.parametrize("fault", ["truncated_json_every", "nan_every", "duplicate_key_every"])
def test_spoiled_json_comes_with_200(world: World, fault: str) -> None:
    def strict(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) < len(pairs):
            raise ValueError("duplicate key")
        return dict(pairs)

    def no_nan(name: str) -> None:
        raise ValueError(name)

    response = with_faults(world, **{fault: 1}).get("/v1/customers")
    assert response.status_code == 200
    with pytest.raises(ValueError):  # noqa: PT011
        json.loads(response.content.decode("utf-8-sig"), object_pairs_hook=strict, parse_constant=no_nan)


def test_tokens_expire_in_mid_run_and_a_fresh_one_works(world: World) -> None:
    caller = with_faults(world, expire_tokens_after=2)
    assert [caller.get("/v1/customers").status_code for _ in range(3)] == [200, 401, 401]
    caller.bearer = caller.http.post("/tenant/oauth2/token", data=TOKEN_FORM).json()["access_token"]
    assert [caller.get("/v1/customers").status_code for _ in range(3)] == [200] * 3


def test_a_continuation_token_is_refused_once(world: World) -> None:
    caller = with_faults(world, refuse_continuations=1)
    path = "/v1/customers?size=5"
    token = caller.json(path)["links"]["next"]["headers"][0]["value"]
    more = [caller.get(f"{path}&seekOperation=Next", MS_ContinuationToken=token).status_code for _ in range(2)]
    assert more == [400, 200]


def test_an_endless_walk_gives_the_same_token_again(world: World) -> None:
    caller = with_faults(world, endless_next=True)
    pages = caller.pages(lines_path(world.documents[0].id))
    tokens = [
        page["links"].get("next") or page["continuationToken"] for page, _ in zip(pages, range(3), strict=False)
    ]
    assert tokens[1] == tokens[2]


def test_lasting_refusals_concern_only_the_named_ones(world: World) -> None:
    first, second = [c.id for c in world.customers if c.is_listed][:2]
    bill, other_bill = world.documents[0].id, world.documents[1].id
    caller = with_faults(
        world, forbidden_orders=(first,), forbidden_entitlements=(second,), missing_line_items=(bill,)
    )
    for _ in range(2):
        assert caller.get(f"/v1/customers/{first}/orders").status_code == 403
        assert caller.get(f"/v1/customers/{second}/orders").status_code == 200
        assert caller.get(f"/v1/customers/{first}/entitlements").status_code == 200
        assert caller.get(f"/v1/customers/{second}/entitlements").status_code == 403
        assert caller.get(lines_path(bill)).status_code == 404
        assert caller.get(lines_path(other_bill)).status_code == 200


def test_prices_can_be_refused(world: World) -> None:
    caller = with_faults(world, refuse_prices=True)
    path = f"/v1/customers/{world.customers[0].id}/orders"
    refused = caller.get(f"{path}?include_price=true")
    assert (refused.status_code, refused.json()["code"]) == (403, 800043)
    assert caller.get(path).status_code == 200


def test_redirects_and_next_links_can_point_elsewhere(world: World) -> None:
    response = with_faults(world, redirect_every=1).get("/v1/customers")
    assert (response.status_code, httpx.URL(response.headers["Location"]).host) == (302, "elsewhere.example.net")
    page = with_faults(world, foreign_next_link=True).json("/v1/customers?size=5")
    assert httpx.URL(page["links"]["next"]["uri"]).host == "elsewhere.example.net"


def test_faults_are_switched_over_http_and_unknown_ones_are_refused(world: World, caller: Caller) -> None:
    assert caller.http.post("/_sandbox/faults", json={"throttle_every": 1}).status_code == 200
    assert caller.get("/v1/customers").status_code == 429
    caller.http.post("/_sandbox/faults", json={})
    assert caller.get("/v1/customers").status_code == 200
    refused = caller.http.post("/_sandbox/faults", json={"throtle_every": 1})
    assert refused.status_code == 400
    assert "throtle_every" in refused.json()["message"]


def test_calls_are_counted_by_route(world: World, caller: Caller) -> None:
    caller.get(f"/v1/customers/{world.customers[0].id}/orders")
    caller.get("/v1/customers")
    counts = caller.http.get("/_sandbox/calls").json()
    assert counts["routes"] == {"token": 1, "customers/{id}/orders": 1, "customers": 1}
    assert counts["total"] == 3
