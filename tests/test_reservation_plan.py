"""Details of reservations are read once, and again where the entitlements that show them changed, or after a week."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.landing import Failure, Landing, Manifest
from pipelines.partner_center.endpoints import CUSTOMERS, RESERVATIONS
from pipelines.partner_center.endpoints.reservations import artifact_partition
from pipelines.plans import LoadOptions, Plan, reservations
from tests.raw_tables import add_rows, raw_tables, walk_of

NOW = datetime(2026, 10, 14, 9, tzinfo=UTC)
CUSTOMER, STRANGER = (f"{digit}0000000-0000-4000-8000-00000000000a" for digit in "12")


def link_to(resource: str, customer: str = CUSTOMER, kind: str = "reservedinstance") -> str:
    return f"/customers/{customer}/artifacts/{kind}/groups/ab12/lineitems/cd34/resource/{resource}"


class Desk:
    """A landing with one customer, and the entitlements of which the raw tables know."""

    def __init__(self, folder: Path) -> None:
        self.landing = Landing(folder)
        self.raw: duckdb.DuckDBPyConnection = raw_tables()
        self.land(CUSTOMERS.name, {}, b'{"items": [{"id": "%b"}]}' % CUSTOMER.encode())

    def land(self, endpoint: str, values: dict[str, str], body: bytes, asked_for: str = "") -> None:
        walk = self.landing.open_walk(endpoint, values)
        walk.add_page(body, item_count=1, announced=None, repeats_page=None, request_id=None)
        name = "/".join([endpoint, *values.values()])
        about: Any = (endpoint, values, name, "000001-x", 1, NOW.isoformat(), "v1", "x", 1, {}, walk.pages, "")
        walk.complete(replace(Manifest(*about), asked_for=asked_for))

    def show(self, *links: str | None, content: str = "first", customer: str = CUSTOMER) -> None:
        walk = walk_of("entitlements", {"customer_id": customer})
        self.raw.execute("delete from partner_center_raw.entitlement_artifacts")
        self.raw.execute("delete from partner_center_raw.load_ledger")
        add_rows(self.raw, "entitlement_artifacts", walk, [{"path": "0", "link_uri": link} for link in links])
        self.raw.execute(
            "insert into partner_center_raw.load_ledger (endpoint, partition_id, customer_id, walk_id, content_hash) "
            "values ('entitlements', ?, ?, ?, ?)",
            [walk.raw_partition, customer, walk.manifest.walk_id, content],
        )

    def read(self, link: str, content: str = "first") -> dict[str, str]:
        values = artifact_partition(CUSTOMER, link)
        assert values is not None
        self.land(RESERVATIONS.name, values, b"{}", content)
        return values

    def asked(self, *, days: int = 0, with_user: bool = True, sweep: bool = False) -> list[str]:
        options = LoadOptions(sweep=sweep, sweep_after=timedelta(days=7))
        plan = Plan(self.landing, NOW + timedelta(days=days), with_user, lambda: nullcontext(self.raw), options)
        return [one.partition["resource_id"] for one in reservations.requests(plan)]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_every_reservation_that_is_shown_is_asked_for_once(desk: Desk) -> None:
    older = link_to("r2", kind="virtualmachinereservedinstance")
    desk.show(link_to("r1"), f"/v1{link_to('r1')}", older, None, "/somewhere/else")
    assert desk.asked() == ["r1", "r2"]


def test_a_link_to_another_customer_is_not_followed(desk: Desk) -> None:
    desk.show(link_to("r1", customer=STRANGER))
    assert desk.asked() == []


def test_a_customer_who_is_not_listed_any_more_is_not_asked_about(desk: Desk) -> None:
    desk.show(link_to("r1", customer=STRANGER), customer=STRANGER)
    assert desk.asked() == []


def test_what_was_read_is_read_again_only_when_it_is_old(desk: Desk) -> None:
    desk.show(link_to("r1"))
    desk.read(link_to("r1"))
    assert desk.asked(days=7) == []
    assert desk.asked(days=8) == ["r1"]
    assert desk.asked(sweep=True) == ["r1"]


def test_changed_entitlements_are_a_reason_to_ask_for_all_of_the_customer(desk: Desk) -> None:
    desk.show(link_to("r1"), link_to("r2"))
    desk.read(link_to("r1"))
    desk.read(link_to("r2"))
    desk.show(link_to("r1"), link_to("r2"), link_to("r3"), content="second")
    assert desk.asked() == ["r1", "r2", "r3"]


def test_a_failed_reading_is_asked_for_again(desk: Desk) -> None:
    desk.show(link_to("r1"))
    values = desk.read(link_to("r1"))
    desk.landing.mark_failed(RESERVATIONS.name, values, RESERVATIONS.partition_id(values), Failure("t", "500"))
    assert desk.asked() == ["r1"]


def test_without_a_user_nothing_is_asked_for(desk: Desk) -> None:
    desk.show(link_to("r1"))
    assert desk.asked(with_user=False) == []
