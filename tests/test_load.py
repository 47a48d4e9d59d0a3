"""From the API into the raw tables, over several days of the pretend API, and what a kill in between leaves."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines import ledger, load
from pipelines.errors import LandingDamaged, ListNotRead, NotAuthorized, ReconError, Unavailable
from pipelines.gate import WalkGate
from pipelines.landing import Landing, Manifest
from pipelines.partner_center import source
from pipelines.partner_center.contract import raw_schema
from pipelines.partner_center.endpoints import ENDPOINTS, INVOICE_LINE_ITEMS, ORDERS, TABLES
from pipelines.partner_center.pages import read_page
from pipelines.partner_center.walks import WalkOutcome, WalkRequest
from pipelines.sandbox import Faults, SandboxApp, World, build_world
from pipelines.warehouse import Folders, open_build
from tests.sandboxed import Silent, clients_of, folders_in, load_at, rows_of

DAYS = (-40, -12, 0)
RAW = "partner_center_raw"


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(scale=0.01)


@pytest.fixture(scope="module")
def on_the_way(world: World, tmp_path_factory: pytest.TempPathFactory) -> Folders:
    """A data directory after all days but the last."""
    folders = folders_in(tmp_path_factory.mktemp("on_the_way"))
    app = SandboxApp(world)
    for day in DAYS[:-1]:
        load_at(folders, app, day)
    return folders


@pytest.fixture(scope="module")
def loaded(world: World, on_the_way: Folders, tmp_path_factory: pytest.TempPathFactory) -> Folders:
    """A data directory after loads on several days. Tests that change it work on a copy."""
    folders = Folders(tmp_path_factory.mktemp("loaded") / "data")
    shutil.copytree(on_the_way.data, folders.data)
    load_at(folders, SandboxApp(world), DAYS[-1])
    return folders


@pytest.fixture
def copied(loaded: Folders, tmp_path: Path) -> Folders:
    shutil.copytree(loaded.data, tmp_path / "data")
    return Folders(tmp_path / "data")


def content(folders: Folders) -> dict[str, list[Any]]:
    """Every raw row and every note beside it, without what dlt adds; in one order."""
    found = {}
    with open_build(folders) as connection:
        for name in (*TABLES, "load_ledger", "load_control_totals", "order_line_states", "document_states"):
            columns = ", ".join(raw_schema(TABLES[name]).names) if name in TABLES else "*"
            found[name] = connection.execute(f"select {columns} from {RAW}.{name} order by all").fetchall()
    return found


def test_a_load_reads_everything_and_names_nothing_as_unread(loaded: Folders) -> None:
    assert rows_of(loaded, f"select distinct status from {RAW}.load_ledger") == [("complete",)]
    asked = {row[0] for row in rows_of(loaded, f"select distinct endpoint from {RAW}.load_ledger")}
    assert asked >= {"customers", "invoices", "invoice_line_items", "orders", "orders_by_id", "entitlements"}
    for endpoint in sorted(asked):
        table = ENDPOINTS[endpoint].tables[0].name
        assert rows_of(loaded, f"select count(*) > 0 from {RAW}.{table}") == [(True,)], table


def test_no_raw_column_is_a_float_and_types_are_as_declared(loaded: Folders) -> None:
    types = rows_of(
        loaded,
        f"select table_name, column_name, data_type from information_schema.columns where table_schema = '{RAW}'",
    )
    assert not [row for row in types if str(row[2]) in ("DOUBLE", "FLOAT", "REAL", "HUGEINT")]
    found = {(row[0], row[1]): row[2] for row in types}
    for table in TABLES.values():
        for column in table.columns:
            wanted = {"MONEY": "DECIMAL(38,12)", "RATE": "DECIMAL(38,24)", "INTEGER": "BIGINT", "BOOL": "BOOLEAN"}
            assert found[(table.name, column.name)] == wanted.get(column.kind.name, "VARCHAR"), column.name


def test_22_digits_reach_the_raw_table_as_they_were_on_the_wire(copied: Folders) -> None:
    literals = ("0.1999968000511991808131", "-3.870000000000000000001", "12345678901234.000000000000000000000001")
    items = [
        f'{{"customerId":"c","orderId":"o","subtotal":1,"totalForCustomer":1,"unitPrice":{sent}}}'
        for literal in literals
        for sent in (literal, f'"{literal}"')
    ]
    land_lines(copied, f'{{"totalCount":6,"items":[{",".join(items)}]}}'.encode())
    load.apply_landing(copied, Landing(copied.landing))
    rows = rows_of(copied, f"select unit_price::varchar from {RAW}.invoice_line_items where order_id = 'o'")
    assert sorted(str(row[0]).rstrip("0") for row in rows) == sorted(literals * 2)


def land_lines(folders: Folders, body: bytes, invoice_id: str = "X1", sequence: int = 1) -> Manifest:
    """A walk of one page of lines, as reading it from the API would leave it."""
    values = {"invoice_id": invoice_id, "provider": "onetime", "line_item_type": "billing"}
    page = read_page(body, INVOICE_LINE_ITEMS)
    table = INVOICE_LINE_ITEMS.tables[0]
    gate = WalkGate("test")
    gate.take(
        1,
        page.item_count,
        None,
        page.fingerprint(),
        {table.name: (page.tables[table.name], table.currency, table.money)},
    )
    walk = Landing(folders.landing).open_walk("invoice_line_items", values)
    walk.add_page(body, item_count=page.item_count, announced=None, repeats_page=None, request_id=None)
    manifest = Manifest(
        endpoint="invoice_line_items",
        partition=values,
        partition_id=INVOICE_LINE_ITEMS.partition_id(values),
        walk_id=f"{sequence:06d}-{page.fingerprint()[:12]}",
        sequence=sequence,
        read_at="2026-10-14T09:00:00+00:00",
        source_api="v1",
        content_hash=page.fingerprint(),
        item_count=page.item_count,
        totals=gate.verdict(),
        pages=walk.pages,
        correlation_id="",
    )
    walk.complete(manifest)
    return manifest


def lines(*amounts: str, currency: str | None = "USD") -> bytes:
    items = [{"customerId": "c", "subtotal": one, "totalForCustomer": one, "currency": currency} for one in amounts]
    return json.dumps({"items": items}).encode()


def totals_of(folders: Folders, invoice_id: str = "X1") -> list[tuple[object, ...]]:
    where = f"_partition like 'invoice_line_items/{invoice_id}/%'"
    return rows_of(folders, f"select count(*), sum(subtotal) from {RAW}.invoice_line_items where {where}")


def test_running_again_adds_nothing_and_reads_only_lists_and_customers(world: World, copied: Folders) -> None:
    before = content(copied)
    again = load_at(copied, SandboxApp(world), DAYS[-1])
    assert (again.new, again.failed) == (0, ())
    after = content(copied)
    for name in before:
        if name != "load_ledger":
            assert after[name] == before[name], name


def test_a_rebuild_from_the_landing_gives_the_same_tables_without_the_api(copied: Folders) -> None:
    before = content(copied)
    load.rebuild(copied)
    after = content(copied)
    assert after.keys() == before.keys()
    for name in before:
        assert after[name] == before[name], name


def test_payments_seen_on_several_days_are_kept_though_the_list_shows_the_last(loaded: Folders) -> None:
    """The newest state of a document is what the list says now; what was paid before is told by older ones."""
    newest = (
        f"select document_id, total_charges, abs(paid_amount) from {RAW}.document_states "
        "qualify row_number() over (partition by document_id order by seen_at desc) = 1 order by all"
    )
    listed = (
        f"select distinct id, total_charges, abs(paid_amount) from {RAW}.invoices "
        "where _partition = 'invoices' order by all"
    )
    assert rows_of(loaded, newest) == rows_of(loaded, listed)
    paid_later = f"select count(*) > 0 from {RAW}.document_states where not is_first_reading and paid_amount <> 0"
    assert rows_of(loaded, paid_later) == [(True,)]


def test_a_kill_between_loading_and_the_ledger_leaves_no_double_rows(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, on_the_way: Folders, loaded: Folders
) -> None:
    folders = Folders(tmp_path / "data")
    shutil.copytree(on_the_way.data, folders.data)
    app = SandboxApp(world)
    with monkeypatch.context() as patch:
        patch.setattr(ledger, "settle", lambda *_: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            load_at(folders, app, DAYS[-1])
    load_at(folders, app, DAYS[-1])
    killed, straight = content(folders), content(loaded)
    for name in TABLES:
        assert killed[name] == straight[name], name
    for name in ("order_line_states", "document_states"):
        assert killed[name] == straight[name], name


def test_a_kill_while_loading_is_made_good_by_the_next_run(copied: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    before = content(copied)
    land_lines(copied, lines("1.10", "2"))
    with monkeypatch.context() as patch:
        patch.setattr(source, "_with_origin", lambda *_: 1 // 0)
        with pytest.raises(ReconError, match="could not be loaded: ZeroDivisionError"):
            load.apply_landing(copied, Landing(copied.landing))
    assert content(copied)["invoice_line_items"] == before["invoice_line_items"]
    load.apply_landing(copied, Landing(copied.landing))
    assert totals_of(copied) == [(2, Decimal("3.1"))]


def test_a_newer_walk_replaces_the_older_one_and_an_empty_one_leaves_nothing(copied: Folders) -> None:
    steps = [(("1", "2"), 2, Decimal(3)), (("5",), 1, Decimal(5)), ((), 0, None), (("7",), 1, Decimal(7))]
    for sequence, (amounts, count, total) in enumerate(steps, start=1):
        land_lines(copied, lines(*amounts), sequence=sequence)
        load.apply_landing(copied, Landing(copied.landing))
        assert totals_of(copied) == [(count, total)]
    ids = rows_of(copied, f"select distinct walk_sequence from {RAW}.load_ledger where invoice_id = 'X1'")
    assert ids == [(4,)]


def test_a_landing_restored_from_an_older_copy_counts_as_it_is(copied: Folders) -> None:
    land_lines(copied, lines("1", "2"))
    newer = land_lines(copied, lines("5"), sequence=2)
    load.apply_landing(copied, Landing(copied.landing))
    folder = Landing(copied.landing).partition_folder("invoice_line_items", newer.partition)
    shutil.rmtree(folder / newer.walk_id)
    load.apply_landing(copied, Landing(copied.landing))
    assert totals_of(copied) == [(2, Decimal(3))]


def test_lines_without_a_currency_tie_as_well(copied: Folders) -> None:
    land_lines(copied, lines("1.5", "2", currency=None), "X1")
    land_lines(copied, lines("1.5", currency=""), "X2")
    load.apply_landing(copied, Landing(copied.landing))
    assert totals_of(copied, "X1") == [(2, Decimal("3.5"))]
    assert totals_of(copied, "X2") == [(1, Decimal("1.5"))]


def test_a_damaged_page_is_named_by_the_load_and_changes_nothing(copied: Folders) -> None:
    before = content(copied)
    manifest = land_lines(copied, lines("1"))
    landing = Landing(copied.landing)
    file = (
        landing.partition_folder("invoice_line_items", manifest.partition) / manifest.walk_id / "page-00001.json.zst"
    )
    file.write_bytes(b"damaged")
    with pytest.raises(LandingDamaged, match="restore it from a copy"):
        load.apply_landing(copied, landing)
    assert content(copied) == before


def test_nothing_of_dlt_is_left_behind(loaded: Folders) -> None:
    assert not loaded.dlt.exists()
    schemas = rows_of(loaded, "select schema_name from information_schema.schemata")
    assert (f"{RAW}_staging",) not in schemas


def test_a_customer_that_is_refused_is_named_and_the_others_are_read(world: World, tmp_path: Path) -> None:
    forbidden = next(iter(world.orders))
    app = SandboxApp(world, faults=Faults(forbidden_orders=(forbidden,)))
    folders = folders_in(tmp_path / "data")
    result = load_at(folders, app)
    assert [outcome.partition_id for outcome in result.failed] == [f"orders/{forbidden}"]
    with open_build(folders) as connection:
        unread = ledger.unread_partitions(connection)
    assert [(row[0], row[1]) for row in unread] == [(f"orders/{forbidden}", "missing")]
    app.faults.switch(Faults())
    load_at(folders, app)
    with open_build(folders) as connection:
        assert ledger.unread_partitions(connection) == []


def test_a_refused_customer_that_was_read_before_keeps_its_orders_and_is_stale(world: World, copied: Folders) -> None:
    customer = str(rows_of(copied, f"select customer_id from {RAW}.order_line_states limit 1")[0][0])
    before = content(copied)["orders"]
    load_at(copied, SandboxApp(world, faults=Faults(forbidden_orders=(customer,))), DAYS[-1], sweep=True)
    assert content(copied)["orders"] == before
    with open_build(copied) as connection:
        unread = ledger.unread_partitions(connection)
    assert (f"orders/{customer}", "stale") in [(row[0], row[1]) for row in unread]


def test_the_app_alone_reads_all_but_entitlements_and_says_so(world: World, tmp_path: Path) -> None:
    folders = folders_in(tmp_path / "data")
    result = load_at(folders, SandboxApp(world), user=False)
    refused = {outcome.partition_id.split("/")[0] for outcome in result.failed}
    # Rates and price sheets are tried all the same: they may be opened to apps.
    assert "fx_rates" in refused
    assert {name for name in refused if not ENDPOINTS[name].is_informational} == {"entitlements"}
    assert rows_of(folders, f"select count(*) > 0 from {RAW}.orders") == [(True,)]
    assert rows_of(folders, f"select count(*) from {RAW}.entitlements") == [(0,)]


def test_named_resources_are_read_and_the_two_lists_that_plans_are_made_from(world: World, copied: Folders) -> None:
    app, observer = SandboxApp(world), Silent()
    with clients_of(app) as clients:
        load.load(copied, clients, app.clock, observer, frozenset({"invoice_summary"}))
    read = sorted(outcome.partition_id for outcome in observer.outcomes)
    assert read == ["customers", "invoice_summary", "invoices"]


class Refusing:
    """A reader that gives scripted outcomes."""

    def __init__(self, outcome: Callable[[int], WalkOutcome]) -> None:
        self.calls, self.outcome, self.lock = 0, outcome, threading.Lock()

    def read(self, request: WalkRequest) -> WalkOutcome:
        with self.lock:
            self.calls += 1
            number = self.calls
        return self.outcome(number)


REQUESTS = [WalkRequest(ORDERS, {"customer_id": f"c{number}"}) for number in range(500)]


def test_every_outcome_is_kept_though_many_threads_bring_them() -> None:
    reader = Refusing(lambda number: WalkOutcome(f"p{number}", "new"))
    outcomes = load.read_concurrently(reader, REQUESTS, Silent())  # type: ignore[arg-type]
    assert len({outcome.partition_id for outcome in outcomes}) == 500


def test_an_api_that_is_down_is_not_asked_thousands_of_times() -> None:
    reader = Refusing(lambda number: WalkOutcome(f"p{number}", "failed", reason="503", is_outage=True))
    with pytest.raises(Unavailable, match="in a row got no answer"):
        load.read_concurrently(reader, REQUESTS, Silent())  # type: ignore[arg-type]
    assert reader.calls <= load.MAX_FAILURES_IN_A_ROW + load.WORKERS


@pytest.mark.parametrize("error", [NotAuthorized("no"), KeyboardInterrupt()])
def test_a_refused_sign_in_and_an_interrupt_begin_nothing_more(error: BaseException) -> None:
    def outcome(number: int) -> WalkOutcome:
        if number == 5:
            raise error
        return WalkOutcome(f"p{number}", "new")

    reader = Refusing(outcome)
    with pytest.raises(type(error)):
        load.read_concurrently(reader, REQUESTS, Silent())  # type: ignore[arg-type]
    assert reader.calls < 500


def test_without_the_lists_nothing_is_planned(world: World, tmp_path: Path) -> None:
    app = SandboxApp(world, faults=Faults(server_error_every=1, burst=99, server_error_statuses=(500,)))
    folders = folders_in(tmp_path / "data")
    with pytest.raises(ListNotRead, match="could not be read"):
        load_at(folders, app)
    assert not folders.build_database.exists()


def test_a_working_database_of_another_storage_format_is_made_again(copied: Folders) -> None:
    """Analysts' tools open the published file with an older DuckDB, so it is never in a newer format."""
    before = rows_of(copied, "select count(*), sum(subtotal) from partner_center_raw.invoice_line_items")
    copied.build_database.unlink()
    with duckdb.connect(str(copied.build_database)) as newest:
        newest.execute("create table anything as select 1 as number")
    load.apply_landing(copied, Landing(copied.landing))
    assert rows_of(copied, "select count(*), sum(subtotal) from partner_center_raw.invoice_line_items") == before
    assert rows_of(copied, "select tags['storage_version'] from duckdb_databases() where path is not null") == [
        ("v1.5.0+",)
    ]
