"""Each thing that can go wrong on the way, with each thing that is asked for: the outcome is the one promised."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from itertools import repeat
from pathlib import Path

import httpx
import pytest
from faulty_wire import (
    Desk,
    Fault,
    broken_off,
    cut_short,
    foreign_link,
    gzip_twice,
    gzip_without_end,
    inflating,
    no_answer,
    refused,
    status,
    trickling,
)
from flows import FLOWS, WALKS, Done, Flow

from pipelines.errors import NotAuthorized, OriginRefused
from pipelines.partner_center.endpoints import ENDPOINTS
from pipelines.sandbox import SandboxApp, build_world

NOW = datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
LATER = format_datetime(datetime(2023, 11, 14, 22, 13, 50, tzinfo=UTC), usegmt=True)
BUSY = b'{"statusCode": 429, "message": "Rate limit is exceeded."}'

# Two failures, then an answer: costs two more attempts under the same request id, and nothing else.
PASSING: dict[str, Fault] = {
    "connect error": no_answer(httpx.ConnectError),
    "connect timeout": no_answer(httpx.ConnectTimeout),
    "read timeout": no_answer(httpx.ReadTimeout),
    "read error": no_answer(httpx.ReadError),
    "web page with 200": status(200, b"<html><body>Sign in</body></html>"),
    "408": status(408),
    "429 with seconds": status(429, BUSY, Retry_After="30"),
    "429 with a date": status(429, BUSY, Retry_After=LATER, Date=format_datetime(NOW, usegmt=True)),
    "429 without a time": status(429, BUSY),
    "500": status(500),
    "502": status(502),
    "503 with seconds": status(503, Retry_After="30"),
    "504": status(504),
    "short body": cut_short,
    "broken body": broken_off,
    "gzip without end": gzip_without_end,
    "gzip with a second member": gzip_twice,
    "slow drip": trickling,
}
# As long as it lasts: six attempts, then an outage of this one thing.
LASTING: dict[str, Fault] = {
    "connect error": no_answer(httpx.ConnectError),
    "429 without a time": status(429, BUSY),
    "503 with seconds": status(503, Retry_After="5"),
}
REFUSALS = {"400": refused(400), "403": refused(403, 20002), "404": refused(404, 1000), "409": refused(409, 800060)}
PASSING_ROWS = [
    pytest.param(flow, row, id=f"{flow.name}-{row}") for flow in FLOWS for row in PASSING if row not in flow.odd
]
REFUSAL_ROWS = [
    pytest.param(flow, row, id=f"{flow.name}-{row}")
    for flow in FLOWS
    for row in REFUSALS
    if not flow.odd.get(row, "").startswith("an answer")
]
BY_NAME = [pytest.param(flow, id=flow.name) for flow in FLOWS]
WITH_TOKEN = [pytest.param(flow, id=flow.name) for flow in FLOWS if "401" not in flow.odd]


@pytest.fixture(scope="module")
def app() -> SandboxApp:
    return SandboxApp(build_world(scale=0.01))


@pytest.fixture
def desk(app: SandboxApp, tmp_path: Path) -> Desk:
    return Desk(app, tmp_path)


@pytest.fixture(scope="module")
def usual(app: SandboxApp, tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    """How many requests each flow makes when nothing goes wrong."""
    counts = {}
    for flow in FLOWS:
        desk = Desk(app, tmp_path_factory.mktemp("usual"))
        desk.aim = flow.aim
        assert flow.run(desk, app).result == "done", flow.name
        counts[flow.name] = len(desk.asked)
        assert counts[flow.name] >= 1, flow.name
    return counts


def test_every_endpoint_has_a_flow() -> None:
    assert set(ENDPOINTS) <= {flow.name for flow in FLOWS}


@pytest.mark.parametrize(("flow", "row"), PASSING_ROWS)
def test_what_passes_costs_attempts_and_nothing_else(
    flow: Flow, row: str, desk: Desk, app: SandboxApp, usual: dict[str, int]
) -> None:
    desk.aim, desk.script = flow.aim, iter([PASSING[row]] * 2)
    assert flow.run(desk, app) == Done("done")
    assert len(desk.asked) == usual[flow.name] + 2 or ("count" in flow.odd and len(desk.asked) > 2)
    assert_one_id(flow, desk, 3)
    if "seconds" in row or "date" in row:
        # Both waits at the least what was asked for.
        assert sum(pause >= 29 for pause in desk.clock.sleeps) >= 2
    if row.startswith("429") and "ids" not in flow.odd:
        every = (desk.clients.partner_center, desk.clients.partner_api, desk.clients.graph)
        assert any(client.concurrency_limit < client.options.concurrency for client in every)


@pytest.mark.parametrize("row", LASTING)
@pytest.mark.parametrize("flow", BY_NAME)
def test_what_lasts_is_an_outage_after_six_attempts(flow: Flow, row: str, desk: Desk, app: SandboxApp) -> None:
    desk.aim, desk.script = flow.aim, repeat(LASTING[row])
    found = flow.run(desk, app)
    # What proves nothing by itself counts as no outage, so that it never stops the rest.
    assert found.result == ("outage" if flow.stops else "failed")
    assert "6 attempts" in found.reason
    assert len(desk.asked) == 6
    assert_one_id(flow, desk, 6)


@pytest.mark.parametrize(("flow", "row"), REFUSAL_ROWS)
def test_a_refusal_is_recorded_at_once_and_not_asked_again(flow: Flow, row: str, desk: Desk, app: SandboxApp) -> None:
    desk.aim, desk.script = flow.aim, repeat(REFUSALS[row])
    found = flow.run(desk, app)
    if flow.odd.get(row) == "ordered again":
        orders = [request for request in desk.wire.requests if request.url.path.endswith("/export")]
        assert (found.result, len(orders)) == ("failed", 3)
        return
    assert found.result == "failed"
    assert f"was answered {row}" in found.reason
    assert len(desk.asked) == 1


@pytest.mark.parametrize("flow", [one for one in BY_NAME if "slow drip" not in one.values[0].odd])
def test_a_body_that_inflates_beyond_measure_is_not_kept_and_not_asked_again(
    flow: Flow, desk: Desk, app: SandboxApp
) -> None:
    desk.aim, desk.script = flow.aim, repeat(inflating)
    found = flow.run(desk, app)
    assert found.result == "failed"
    assert "inflates more than 200 times" in found.reason
    assert len(desk.asked) == 1


@pytest.mark.parametrize("flow", [pytest.param(flow, id=flow.name) for flow in WALKS])
def test_an_older_complete_reading_stays_when_the_newest_attempt_fails(
    flow: Flow, desk: Desk, app: SandboxApp
) -> None:
    assert flow.run(desk, app).result == "done"
    before = [(one.partition_id, one.current) for one in desk.landing.partitions()]
    desk.aim, desk.script = flow.aim, repeat(status(503))
    assert flow.run(desk, app).result != "done"
    assert [(one.partition_id, one.current) for one in desk.landing.partitions()] == before
    assert [one.status for one in desk.landing.partitions()] == ["stale"]


@pytest.mark.parametrize("flow", WITH_TOKEN)
def test_a_token_that_is_no_longer_accepted_is_replaced_once(
    flow: Flow, desk: Desk, app: SandboxApp, usual: dict[str, int]
) -> None:
    desk.aim, desk.script = flow.aim, iter([refused(401, 400)])
    assert flow.run(desk, app).result == "done"
    assert len(desk.asked) == usual[flow.name] + 1
    tokens = [request.headers["Authorization"] for request in desk.asked[:2]]
    assert tokens[0] != tokens[1]
    assert_one_id(flow, desk, 2)


@pytest.mark.parametrize("flow", WITH_TOKEN)
def test_a_fresh_token_that_is_not_accepted_is_a_clear_end(flow: Flow, desk: Desk, app: SandboxApp) -> None:
    desk.aim, desk.script = flow.aim, repeat(refused(401, 400))
    said = stopped(flow, desk, app, NotAuthorized)
    assert "A token fetched just before was not accepted either" in said
    assert len(desk.asked) == 2


@pytest.mark.parametrize("flow", BY_NAME)
def test_a_redirect_is_not_followed(flow: Flow, desk: Desk, app: SandboxApp) -> None:
    desk.aim, desk.script = flow.aim, repeat(status(302, b"", Location="https://elsewhere.example.net/v1/x"))
    assert "never followed" in stopped(flow, desk, app, OriginRefused)
    assert len(desk.asked) == 1
    assert_only_at_home(desk)


@pytest.mark.parametrize("flow", [pytest.param(flow, id=flow.name) for flow in FLOWS if flow.links])
def test_a_link_to_another_host_is_not_followed(flow: Flow, desk: Desk, app: SandboxApp) -> None:
    desk.aim, desk.script = flow.aim, repeat(foreign_link)
    stopped(flow, desk, app, OriginRefused)
    assert_only_at_home(desk)


PAGED = [pytest.param(flow, id=flow.name) for flow in FLOWS if flow.pages]


@pytest.mark.parametrize("flow", PAGED)
def test_a_walk_whose_token_is_refused_begins_again(
    flow: Flow, desk: Desk, app: SandboxApp, usual: dict[str, int]
) -> None:
    assert usual[flow.name] > 1, "one page has no continuation"
    desk.aim, desk.script = flow.aim, iter([None, refused(400)])
    assert flow.run(desk, app).result == "done"
    assert len(desk.asked) == usual[flow.name] + 2


@pytest.mark.parametrize("flow", PAGED)
def test_a_walk_begins_again_twice_at_most(flow: Flow, desk: Desk, app: SandboxApp, usual: dict[str, int]) -> None:
    assert usual[flow.name] > 1, "one page has no continuation"

    def first_pages_only() -> Iterator[Fault | None]:
        while True:
            yield None
            yield refused(400)

    desk.aim, desk.script = flow.aim, first_pages_only()
    found = flow.run(desk, app)
    assert "no longer accepted" in found.reason
    assert len(desk.asked) == 6


def stopped(flow: Flow, desk: Desk, app: SandboxApp, error: type[Exception]) -> str:
    """What ends the run, or fails this one alone where it proves nothing."""
    if not flow.stops:
        found = flow.run(desk, app)
        assert found.result == "failed"
        return found.reason
    with pytest.raises(error) as raised:
        flow.run(desk, app)
    return str(raised.value)


def assert_one_id(flow: Flow, desk: Desk, attempts: int) -> None:
    """The first requests are one call, and say so."""
    ids = desk.ids()
    assert len(set(ids[:attempts])) == 1
    assert (ids[0] is None) == ("ids" in flow.odd)


def assert_only_at_home(desk: Desk) -> None:
    """The API, and for files the storage host of the sandbox."""
    assert {request.url.host for request in desk.wire.requests} <= {"sandbox.example.test", "localhost"}
    for request in desk.wire.requests:
        assert ("Authorization" in request.headers) == (request.url.host != "localhost")
