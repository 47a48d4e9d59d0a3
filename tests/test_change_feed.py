"""Day after day: a load reads the orders that may have changed, and a sweep finds nothing more."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines import ledger
from pipelines import load as loading
from pipelines.landing import Landing
from pipelines.load import LoadResult, load
from pipelines.partner_center.contract import raw_schema
from pipelines.partner_center.endpoints import TABLES
from pipelines.partner_center.source import LandedWalk, landed_rows
from pipelines.plans import LoadOptions, audit, heads, invoice_lines, named_orders, order_details, orders
from pipelines.sandbox import DEFAULT_CLOCK, Faults, SandboxApp, World
from pipelines.sandbox.builder import Builder
from pipelines.sandbox.world import finished
from pipelines.warehouse import Folders, open_build
from tests.many_customers import LONG_AGO, many_customers
from tests.sandboxed import Silent, clients_of, folders_in, rows_of

RAW = "partner_center_raw"


def load_plainly(landing: Landing, walks: Sequence[LandedWalk], database: Path, folder: Path) -> None:
    """What loading with dlt leaves, in a tenth of the time: these tests load often and look at what was asked for."""
    partitions = [walk.raw_partition for walk in walks]
    with duckdb.connect(str(database)) as raw:
        for name, table in TABLES.items():
            raw.register("handed", raw_schema(table).empty_table())
            raw.execute(f"create table if not exists {RAW}.{name} as from handed")
        for name in {table.name for walk in walks for table in walk.endpoint.tables}:
            raw.execute(f"delete from {RAW}.{name} where _partition in (select unnest(?::varchar[]))", [partitions])
        for name, rows in landed_rows(landing, walks):
            if rows.num_rows:
                raw.register("handed", rows)
                raw.execute(f"insert into {RAW}.{name} select * from handed")


@pytest.fixture(autouse=True, scope="module")
def only_what_this_is_about() -> Iterator[None]:
    """The phases that end in orders and some days of the feed, without dlt: the rest would only take time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loading, "load_with_dlt", load_plainly)
        patch.setattr(loading, "PHASES", (heads, invoice_lines, audit, orders, named_orders, order_details))
        patch.setattr(audit, "OLDEST_DAYS", 9)
        yield


class Days:
    """A data directory and a sandbox that are used day after day."""

    def __init__(self, folders: Folders, world: World) -> None:
        self.folders = folders
        self.app = SandboxApp(world)

    def load(self, days: float, *named: str, sweep: bool = False, **faults: Any) -> LoadResult:
        """A load of all, or of the named endpoints, so many days after the sandbox's usual clock."""
        self.app.clock = DEFAULT_CLOCK + timedelta(days=days)
        self.app.faults.switch(Faults(**faults))
        self.app.counts.clear()
        with clients_of(self.app) as clients:
            options = LoadOptions(sweep=sweep)
            return load(self.folders, clients, self.app.clock, Silent(), frozenset(named), options)

    def calls(self, what: str) -> int:
        """Calls of the last load to one route."""
        return self.app.counts[f"customers/{{id}}/{what}"]

    @property
    def order_calls(self) -> int:
        """Calls of the last load to anything that has to do with orders."""
        return sum(count for route, count in self.app.counts.items() if "/orders" in route)

    def staged(self) -> Counter[tuple[object, ...]]:
        """Orders, lines and rights as they stand."""
        found: Counter[tuple[object, ...]] = Counter()
        for name, columns in (
            ("orders", "id, status, total_price"),
            ("order_line_items", "order_id, line_item_number, quantity, extended_price"),
            ("entitlements", "reference_order_id, path, quantity"),
        ):
            found.update((name, *row) for row in rows_of(self.folders, f"select {columns} from {RAW}.{name}"))
        return found

    def walks(self) -> dict[str, str]:
        """The walk that counts, by partition."""
        rows = rows_of(self.folders, f"select partition_id, walk_id from {RAW}.load_ledger")
        return {str(name): str(walk) for name, walk in rows}


@pytest.fixture(scope="module")
def few() -> World:
    """20 customers, of whom two reduce an order within a day after the usual clock."""
    return many_customers(20, changed=(3, 7), at=DEFAULT_CLOCK + timedelta(hours=20))


@pytest.fixture(scope="module")
def first_day(few: World, tmp_path_factory: pytest.TempPathFactory) -> Folders:
    """The few customers after their first load. Tests work on a copy."""
    folders = folders_in(tmp_path_factory.mktemp("first_day") / "data")
    Days(folders, few).load(0)
    return folders


@pytest.fixture
def days(first_day: Folders, few: World, tmp_path: Path) -> Days:
    shutil.copytree(first_day.data, tmp_path / "data")
    return Days(Folders(tmp_path / "data"), few)


def test_a_daily_run_asks_for_the_changed_orders_and_misses_nothing(tmp_path: Path) -> None:
    """80 customers, 10 changed orders: a sweep afterwards finds the state that the daily run left."""
    world = many_customers(80, changed=range(0, 80, 8), at=DEFAULT_CLOCK + timedelta(hours=5))
    days = Days(folders_in(tmp_path / "data"), world)
    days.load(0)
    assert (days.calls("orders"), days.order_calls) == (80, 80)
    days.load(1)
    assert (days.calls("orders"), days.calls("entitlements"), days.order_calls) == (10, 10, 10)
    left = days.staged()
    swept = days.load(1, sweep=True)
    assert days.calls("orders") == 80
    assert (swept.new, swept.failed) == (0, ())
    assert days.staged() == left
    quantities = rows_of(
        days.folders, f"select cast(quantity as int), count(*) from {RAW}.order_line_items group by 1 order by 1"
    )
    assert quantities == [(3, 10), (5, 70)]


def test_what_was_done_is_looked_at_until_a_whole_day_has_passed_and_nobody_else_is_touched(days: Days) -> None:
    """A right follows its order within a day, so the customer is read once more."""
    before = days.walks()
    read = []
    for day in (1, 2, 3, 4):
        days.load(day)
        read.append(days.calls("orders"))
    assert read == [2, 2, 2, 0]
    changed = {name for name, walk in days.walks().items() if walk != before.get(name)}
    rewritten = Counter(name.split("/")[0] for name in changed)
    assert (rewritten["orders"], rewritten["entitlements"], rewritten["customers_by_id"]) == (2, 2, 0)


def test_each_day_is_read_once_and_the_latest_ones_again(days: Days) -> None:
    known = {name for name in days.walks() if name.startswith("audit_records/")}
    assert (len(known), min(known)) == (10, "audit_records/2026-10-05")
    days.load(1)
    # Today, and the two days that were not known whole.
    assert days.app.counts["auditrecords"] == 3
    days.load(1.2)
    assert days.app.counts["auditrecords"] == 2


def test_a_feed_that_is_refused_is_named_and_everybody_is_read(days: Days) -> None:
    for day, refused in ((1, "audit_records/2026-10-15"), (2, "audit_records/2026-10-16")):
        result = days.load(day, forbidden_audit=True)
        assert [outcome.partition_id for outcome in result.failed] == [refused]
        assert days.app.counts["auditrecords"] == 1
        assert days.calls("orders") == 20
        with open_build(days.folders) as connection:
            assert [row[0] for row in ledger.unread_partitions(connection)] == [refused]
    days.load(3)
    assert days.calls("orders") == 2
    with open_build(days.folders) as connection:
        assert ledger.unread_partitions(connection) == []


def test_a_change_made_elsewhere_is_found_by_the_sweep(days: Days) -> None:
    elsewhere = tuple(order.id for found in days.app.world.orders.values() for order in found)
    days.load(1, unrecorded_orders=elsewhere)
    assert days.calls("orders") == 0
    days.load(7, unrecorded_orders=elsewhere)
    assert days.calls("orders") == 20
    short = rows_of(days.folders, f"select count(*) from {RAW}.order_line_items where quantity = 3")
    assert short == [(2,)]


def small_business(story: Callable[[Builder], None]) -> World:
    """Three quiet customers and those of a story."""
    b = Builder(seed=5, months=3)
    b.stream("small business")
    for _ in range(3):
        b.entitle(b.order(b.customer("US"), LONG_AGO, (b.item("perpetual", "50.00", term=""), 1)))
    story(b)
    return finished(b, 1, [])


def test_an_order_that_the_list_does_not_show_yet_is_asked_for_by_its_id(tmp_path: Path) -> None:
    """The feed names it in its values; the id of the record has it in lower case and would find nothing."""

    def bought_just_now(b: Builder) -> None:
        customer = b.customer("US")
        b.entitle(b.order(customer, LONG_AGO, (b.item("perpetual", "50.00", term=""), 1)))
        b.order(customer, DEFAULT_CLOCK + timedelta(days=1, minutes=-5), (b.item("perpetual", "9.00", term=""), 1))

    days = Days(folders_in(tmp_path / "data"), small_business(bought_just_now))
    days.load(0)
    days.load(1)
    assert (days.calls("orders"), days.calls("orders/{id}")) == (1, 1)
    by_id = f"select count(distinct _partition) from {RAW}.orders where _partition like 'orders_by_id/%'"
    assert rows_of(days.folders, by_id) == [(1,)]
    days.load(1.1)
    assert (days.calls("orders"), days.calls("orders/{id}")) == (1, 0)


def test_a_new_charge_is_a_reason_to_read_its_customer(tmp_path: Path) -> None:
    def billed_tomorrow(b: Builder) -> None:
        item = b.item("perpetual", "50.00", term="")
        order = b.order(b.customer("US"), LONG_AGO, (item, 1))
        b.entitle(order)
        month = b.months[-1]
        b.charge(order, item, month, 1, document=b.draft(month, "USD", DEFAULT_CLOCK + timedelta(hours=3)))

    days = Days(folders_in(tmp_path / "data"), small_business(billed_tomorrow))
    read = []
    for day in (0, 1, 2):
        days.load(day)
        read.append(days.calls("orders"))
    assert read == [4, 1, 0]


def test_the_status_of_a_delivery_is_asked_for_while_it_can_change(tmp_path: Path) -> None:
    """Pending units until they are there; a short right and an order without a status once."""

    def waits_for_delivery(b: Builder) -> None:
        item = b.item("perpetual", "50.00", term="")
        begun = DEFAULT_CLOCK - timedelta(days=5)
        arrives = DEFAULT_CLOCK + timedelta(days=1, hours=12)
        b.entitle(b.order(b.customer("US"), begun, (item, 4), waiting={0: ((begun, 3), (arrives, 0))}))
        b.entitle(b.order(b.customer("US"), LONG_AGO, (item, 5)), quantity=3)
        b.order(b.customer("US"), DEFAULT_CLOCK - timedelta(days=50), (item, 5), pending=True)

    days = Days(folders_in(tmp_path / "data"), small_business(waits_for_delivery))
    asked, shown = [], []
    for day in (0, 1, 2, 3):
        days.load(day)
        asked.append(days.calls("orders/{id}/provisioningstatus"))
        rows = rows_of(days.folders, f"select status from {RAW}.order_provisioning_status order by 1")
        shown.append([row[0] for row in rows])
    assert asked == [3, 1, 1, 0]
    assert shown[1:3] == [["Fulfilled", "PrefulfillmentPending"], ["Fulfilled", "Fulfilled"]]


def test_details_of_orders_are_read_only_where_they_are_named(tmp_path: Path) -> None:
    def buys_once_and_monthly(b: Builder) -> None:
        customer, item = b.customer("US"), b.item("subscription", "50.00")
        b.entitle(b.order(customer, LONG_AGO, (item, 1), (item, 2)))
        b.order(customer, LONG_AGO, (b.item("seat", "5.00"), 3), cycle="monthly")

    days = Days(folders_in(tmp_path / "data"), small_business(buys_once_and_monthly))
    links, subscriptions = "orders/{id}/lineitems/{id}/activationlinks", "subscriptions"
    days.load(0)
    assert (days.calls(links), days.calls(subscriptions)) == (0, 0)
    days.load(0, "order_activation_links", "subscriptions_by_order", "orders_by_billing_type", "entitlements_by_type")
    # Five lines were bought once and one order recurs; the lists by billing type are those of four customers.
    assert (days.calls(links), days.calls(subscriptions), days.calls("orders")) == (5, 1, 4)
    for table, count in (("order_activation_links", 2), ("subscriptions_by_order", 1)):
        assert rows_of(days.folders, f"select count(*) from {RAW}.{table}") == [(count,)]
    rights = f"select count(*) > 0 from {RAW}.entitlements where _partition like 'entitlements_by_type/%/software'"
    assert rows_of(days.folders, rights) == [(True,)]
    by_type = f"select count(*) from {RAW}.orders where _partition like 'orders_by_billing_type/%/onetime'"
    assert rows_of(days.folders, by_type) == [(4,)]
