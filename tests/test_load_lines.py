"""Lines of every kind and what is not billed yet, from the pretend API into the raw tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pipelines.ledger import unread_partitions
from pipelines.load import LoadResult, load
from pipelines.plans import LoadOptions
from pipelines.sandbox import DEFAULT_CLOCK, SandboxApp, World, build_world
from pipelines.warehouse import Folders, open_build
from tests.sandboxed import Silent, clients_of, folders_in, rows_of

RAW = "partner_center_raw"
LINES = frozenset(
    {"invoice_line_items", "daily_rated_usage", "office_line_items", "azure_line_items", "azure_daily_usage"}
)
ESTIMATES = frozenset({"unbilled_line_items", "unbilled_daily_usage", "estimate_links"})


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(scale=0.01)


def load_lines(folders: Folders, app: SandboxApp, resources: frozenset[str], days: int = 0) -> LoadResult:
    app.clock = DEFAULT_CLOCK + timedelta(days=days)
    with clients_of(app) as clients:
        return load(folders, clients, app.clock, Silent(), resources=resources)


@pytest.fixture(scope="module")
def loaded(world: World, tmp_path_factory: pytest.TempPathFactory) -> Folders:
    folders = folders_in(tmp_path_factory.mktemp("lines"))
    load_lines(folders, SandboxApp(world), LINES)
    return folders


def test_every_billed_line_of_every_kind_is_in_its_table(world: World, loaded: Folders) -> None:
    documents = [document for document in world.documents if document.at <= DEFAULT_CLOCK]
    for table, count in {
        "invoice_line_items": sum(len(one.charges) for one in documents if one.has_details),
        "office_line_items": sum(len(one.office) for one in documents),
        "azure_line_items": sum(len(one.azure) for one in documents),
        "azure_daily_usage": sum(len(line.days) for one in documents for line in one.azure),
    }.items():
        assert rows_of(loaded, f"select count(*) from {RAW}.{table}") == [(count,)], table


def test_a_provider_of_before_is_kept_under_the_name_of_today(world: World, loaded: Folders) -> None:
    offered = {body["billing_provider"] for body in documents_offer(loaded)}
    assert "marketplace" in offered
    kept = rows_of(loaded, f"select distinct provider from {RAW}.load_ledger where endpoint = 'daily_rated_usage'")
    assert kept == [("onetime",)]


def documents_offer(folders: Folders) -> list[dict[str, object]]:
    rows = rows_of(folders, f"select distinct billing_provider from {RAW}.invoice_details")
    return [{"billing_provider": row[0]} for row in rows]


def test_lines_and_estimates_that_cannot_be_read_are_named_and_nothing_else_is_missing(
    world: World, tmp_path: Path
) -> None:
    bill = next(one for one in world.documents if ("one_time", "usage") in one.line_kinds and one.currency == "EUR")
    app = SandboxApp(world)
    app.faults.switch(replace(app.faults.faults, missing_line_items=("unbilled", bill.id)))
    folders = folders_in(tmp_path)
    result = load_lines(folders, app, LINES | ESTIMATES)
    failed = {outcome.partition_id for outcome in result.failed}
    assert f"daily_rated_usage/{bill.id}/onetime/usage/EUR" in failed
    assert "unbilled_line_items/EUR/2026-10/current" in failed
    assert "unbilled_daily_usage/JPY/2026-09/previous" in failed
    # Lines and usage of the one invoice, and two kinds of estimates for two months of four currencies.
    assert len(failed) == 2 + 16
    with open_build(folders) as connection:
        assert {row[0] for row in unread_partitions(connection)} == failed


def test_a_month_keeps_the_last_estimate_of_each_word_it_was_asked_with(world: World, tmp_path: Path) -> None:
    folders, app = folders_in(tmp_path), SandboxApp(world)
    for days in (-40, 0):
        load_lines(folders, app, ESTIMATES, days)
    found = rows_of(
        folders,
        f"select month, period, strftime(checked_at, '%m-%d'), row_count > 0 from {RAW}.load_ledger "
        "where endpoint = 'unbilled_line_items' and currency = 'USD' order by month, checked_at",
    )
    assert found == [
        ("2026-08", "previous", "09-04", True),
        ("2026-09", "current", "09-04", True),
        # By now the invoices of September are out, and only what was lost is still listed.
        ("2026-09", "previous", "10-14", True),
        ("2026-10", "current", "10-14", True),
    ]
    lost = {planted.order_id for planted in world.planted if planted.break_code == "unbilled_lost"}
    still = rows_of(folders, f"select order_id from {RAW}.unbilled_line_items where _partition like '%09/previous'")
    assert lost <= {row[0] for row in still}


@pytest.mark.parametrize("api", ["v1", "graph"])
def test_readings_of_a_document_differ_where_its_lines_changed_and_nowhere_else(
    world: World, tmp_path: Path, api: str
) -> None:
    """Though two weeks later all young documents are read again."""
    folders, app = folders_in(tmp_path), SandboxApp(world)
    for days in (0, 15):
        app.clock = DEFAULT_CLOCK + timedelta(days=days)
        with clients_of(app) as clients:
            load(folders, clients, app.clock, Silent(), LINES, LoadOptions(api))
    changed = rows_of(
        folders,
        f"select invoice_id from {RAW}.document_line_readings group by invoice_id, partition_id "
        "having count(distinct fingerprint) > 1 order by 1",
    )
    planted = world.truth_since(DEFAULT_CLOCK, app.clock)
    restated = [one for one in planted if one.break_code == "closed_invoice_restated"]
    expected = sorted(one.invoice_id or "" for one in restated if "over the same lines" not in one.story)
    assert [str(row[0]) for row in changed] == expected
    assert len(expected) == 2


def test_another_api_gives_the_same_content_of_every_document(world: World, tmp_path: Path) -> None:
    folders, app = folders_in(tmp_path), SandboxApp(world)
    for days, api in enumerate(("v1", "graph")):
        app.clock = DEFAULT_CLOCK + timedelta(minutes=days)
        with clients_of(app) as clients:
            load(folders, clients, app.clock, Silent(), LINES, LoadOptions(api))
    readings = f"select partition_id, count(distinct source_api), count(distinct fingerprint) from {RAW}."
    found = rows_of(folders, f"{readings}document_line_readings where endpoint = 'invoice_line_items' group by 1")
    assert {row[1] for row in found} == {2}
    assert [row for row in found if row[2] != 1] == []
