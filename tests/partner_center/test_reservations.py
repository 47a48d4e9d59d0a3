"""What stands behind reservations: followed by the entitlement's link, and nowhere else than below the customer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.landing import Landing
from pipelines.partner_center.client import PartnerCenterClient
from pipelines.partner_center.endpoints import ENTITLEMENTS_BY_TYPE, RESERVATIONS
from pipelines.partner_center.endpoints.entitlements_by_type import ENTITLEMENT_TYPES
from pipelines.partner_center.endpoints.reservations import artifact_partition
from pipelines.partner_center.pages import read_page
from pipelines.partner_center.walks import WalkReader, WalkRequest
from pipelines.sandbox import DEFAULT_CLOCK, SandboxApp, World, build_world
from pipelines.sandbox.artifacts import artifact_uri
from pipelines.sandbox.facts import Entitlement
from tests.sandboxed import Silent, client_of

CUSTOMER = "18ac2950-8ea9-4dfc-92a4-ff4d4cd57796"
PATH = f"customers/{CUSTOMER}/artifacts/reservedinstance/groups/2caf52/lineitems/03500b1b-f2d6/resource/ebf2e74b-630e"
PARTS = {
    "customer_id": CUSTOMER,
    "artifact_kind": "reservedinstance",
    "group_id": "2caf52",
    "artifact_line_id": "03500b1b-f2d6",
    "resource_id": "ebf2e74b-630e",
}


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(scale=0.02)


@pytest.fixture(scope="module")
def client(world: World) -> Iterator[PartnerCenterClient]:
    with client_of(SandboxApp(world)) as client:
        yield client


def held(world: World) -> list[Entitlement]:
    """Reservations of listed customers with details to ask for."""
    every = (one for found in world.entitlements.values() for one in found if one.customer.is_listed)
    return [one for one in every if one.has_details and one.quantity_at(DEFAULT_CLOCK) > 0]


def read(client: PartnerCenterClient, landing: Landing, request: WalkRequest) -> list[dict[str, Any]]:
    outcome = WalkReader(client, landing, DEFAULT_CLOCK.isoformat(), Silent()).read(request)
    assert outcome.result == "new", outcome.reason
    current = landing.partition(request.endpoint.name, request.partition, "").current
    assert current is not None
    tables = [read_page(landing.page_bytes(current, page), request.endpoint).tables for page in current.pages]
    return [row for page in tables for row in page[request.endpoint.tables[0].name].to_pylist()]


@pytest.mark.parametrize("link", [f"/{PATH}", f"/v1/{PATH}", f"/V1/{PATH.upper()}", f"//{PATH}/", f" {PATH} "])
def test_a_link_names_its_reservation_however_it_is_spelt(link: str) -> None:
    assert artifact_partition(CUSTOMER.upper(), link) == PARTS


@pytest.mark.parametrize(
    "link",
    [
        None,
        "",
        f"https://elsewhere.example.net/{PATH}",
        f"//elsewhere.example.net/{PATH}",
        f"/{PATH}?to=//elsewhere.example.net",
        f"/{PATH}/../../../../../../../invoices",
        f"/v2/{PATH}",
        f"/{PATH.replace(CUSTOMER, CUSTOMER[::-1])}",
        f"/{PATH.replace('reservedinstance', 'somethingelse')}",
        f"/{PATH.replace('2caf52', '..')}",
        f"/{PATH.replace('2caf52', '%2e%2e')}",
        f"/{PATH.replace('2caf52', 'a b')}",
        f"/{PATH.removesuffix('/resource/ebf2e74b-630e')}",
    ],
)
def test_a_link_that_leads_anywhere_else_is_not_followed(link: str | None) -> None:
    assert artifact_partition(CUSTOMER, link) is None


def test_the_reservations_of_every_artifact_make_up_its_quantity(
    world: World, client: PartnerCenterClient, tmp_path: Path
) -> None:
    """Both kinds of artifacts and both names of the list are among them."""
    landing = Landing(tmp_path)
    kinds = set()
    for entitlement in held(world):
        partition = artifact_partition(entitlement.customer.id, artifact_uri(entitlement))
        assert partition is not None
        rows = read(client, landing, WalkRequest(RESERVATIONS, partition))
        assert sum(row["quantity"] for row in rows) == entitlement.quantity_at(DEFAULT_CLOCK)
        assert {row["scope_type"] for row in rows} == {"Single" if entitlement.is_single_scope else "Shared"}
        assert all(bool(row["applied_scopes"]) == entitlement.is_single_scope for row in rows)
        kinds |= {row["artifact_type"] for row in rows}
    assert kinds == {"reservedinstance", "virtualmachinereservedinstance"}
    bodies = [landing.page_bytes(one.walks[0], one.walks[0].pages[0]) for one in landing.partitions()]
    for name in (b'"virtualMachineReservations"', b'"reservations"'):
        assert any(name in body for body in bodies)


def test_an_artifact_that_is_gone_is_an_empty_answer(
    client: PartnerCenterClient, world: World, tmp_path: Path
) -> None:
    gone = {**PARTS, "customer_id": held(world)[0].customer.id}
    assert read(client, Landing(tmp_path), WalkRequest(RESERVATIONS, gone, not_found_is_empty=True)) == []


def test_details_need_a_signed_in_user(world: World, tmp_path: Path) -> None:
    with client_of(SandboxApp(world), user=False) as client:
        reader = WalkReader(client, Landing(tmp_path), DEFAULT_CLOCK.isoformat(), Silent())
        outcome = reader.read(WalkRequest(RESERVATIONS, PARTS))
    assert (outcome.result, "app-only" in str(outcome.reason)) == ("failed", True)


def test_the_list_may_have_either_name_but_not_both_at_once() -> None:
    one = {"reservationId": "r-1", "quantity": 1}
    for name in ("virtualMachineReservations", "reservations", "Reservations"):
        page = read_page(json.dumps({"type": "x", name: [one]}).encode(), RESERVATIONS)
        assert page.tables["reservations"].column("reservation_id").to_pylist() == ["r-1"]
        assert page.unknown_fields == {}
    empty = {"type": "x", "virtualMachineReservations": [], "reservations": [one]}
    assert read_page(json.dumps(empty).encode(), RESERVATIONS).tables["reservations"].num_rows == 1
    with pytest.raises(Exception, match="both"):
        read_page(json.dumps({"virtualMachineReservations": [one], "reservations": [one]}).encode(), RESERVATIONS)


def test_entitlements_of_one_type_are_those_of_the_list_of_all(
    world: World, client: PartnerCenterClient, tmp_path: Path
) -> None:
    landing = Landing(tmp_path)
    wanted = next(one.customer.id for one in held(world) if one.artifact_kind == "virtualmachinereservedinstance")
    found = {}
    for kind in ENTITLEMENT_TYPES:
        partition = {"customer_id": wanted, "entitlement_type": kind}
        rows = read(client, landing, WalkRequest(ENTITLEMENTS_BY_TYPE, partition))
        assert {row["entitlement_type"] for row in rows if row["parent_path"] is None} <= {kind}
        found[kind] = sum(row["parent_path"] is None for row in rows)
    every = [one for one in world.entitlements[wanted] if one.quantity_at(DEFAULT_CLOCK) > 0]
    assert sum(found.values()) == len(every)
    assert found["virtualmachinereservedinstance"] > 0
