"""Which customers are due for a reading of their orders, and which days of the change feed are asked for."""

from __future__ import annotations

import json
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from click.testing import CliRunner

from pipelines import load as loading
from pipelines.cli import cli
from pipelines.landing import Failure, Landing
from pipelines.load import LoadResult
from pipelines.partner_center.contract import Endpoint
from pipelines.partner_center.endpoints import AUDIT_RECORDS, CUSTOMERS
from pipelines.plans import LoadOptions, Plan, audit, orders
from tests.raw_tables import add_rows, raw_tables, walk_of

# The package gives the command of that name, not its module.
load_command = import_module("pipelines.commands.load")
NOW = datetime(2026, 10, 14, 9, tzinfo=UTC)
TODAY = NOW.date()
ONE_DAY = timedelta(days=1)
RAW = "partner_center_raw"


class Desk:
    """Customers c0, c1 … and what was read of them: a landing for the lists, raw tables for the rest."""

    def __init__(self, folder: Path, customers: int = 4) -> None:
        self.landing = Landing(folder)
        self.raw = raw_tables()
        self.customers = [f"c{number}" for number in range(customers)]
        self.land(CUSTOMERS, {}, {"items": [{"id": customer} for customer in self.customers]}, NOW)
        (folder / "orders").mkdir()

    def land(self, endpoint: Endpoint, values: dict[str, str], body: Any, at: datetime) -> None:
        walk = self.landing.open_walk(endpoint.name, values)
        walk.add_page(json.dumps(body).encode(), item_count=1, announced=None, repeats_page=None, request_id=None)
        manifest = walk_of(endpoint.name, values, read_at=at.isoformat()).manifest
        walk.complete(replace(manifest, pages=walk.pages))

    def feed(self, days_back: int, at: datetime = NOW) -> None:
        """The feed read without a gap, so many days back."""
        for back in range(days_back + 1):
            self.land(AUDIT_RECORDS, {"day": (TODAY - back * ONE_DAY).isoformat()}, {"items": []}, at)

    def read(
        self, customers: list[str], at: datetime, endpoints: tuple[str, ...] = ("orders", "entitlements")
    ) -> None:
        """Complete readings of customers."""
        rows = [
            {"endpoint": endpoint, "partition_id": f"{endpoint}/{customer}", "customer_id": customer}
            for customer in customers
            for endpoint in endpoints
        ]
        self.raw.register("handed", pa.Table.from_pylist(rows))
        self.raw.execute(
            f"insert into {RAW}.load_ledger "
            "(endpoint, partition_id, customer_id, status, walk_id, read_at, checked_at) "
            "select endpoint, partition_id, customer_id, 'complete', 'w', $1, $1 from handed",
            [at.replace(tzinfo=None)],
        )
        self.raw.unregister("handed")

    def record(self, customer: str, days_back: int = 0, kind: str = "order", status: str = "succeeded") -> None:
        """The feed names a customer."""
        walk = walk_of("audit_records", {"day": (TODAY - days_back * ONE_DAY).isoformat()})
        row = {"customer_id": customer.upper(), "resource_type": kind, "operation_status": status}
        add_rows(self.raw, "audit_records", walk, [row])
        self.note(walk.raw_partition, walk.manifest.walk_id, NOW)

    def charge(self, customer: str, at: datetime) -> None:
        """A line that names a customer was read."""
        walk = walk_of(
            "invoice_line_items", {"invoice_id": f"G{at}", "provider": "onetime", "line_item_type": "billing"}
        )
        add_rows(self.raw, "invoice_line_items", walk, [{"customer_id": f"org:{customer}"}])
        self.note(walk.raw_partition, walk.manifest.walk_id, at)

    def note(self, partition_id: str, walk_id: str, at: datetime) -> None:
        self.raw.execute(
            f"insert into {RAW}.load_ledger (endpoint, partition_id, walk_id, status, read_at) "
            "values ('x', ?, ?, 'complete', ?)",
            [partition_id, walk_id, at.replace(tzinfo=None)],
        )

    def due(self, *, with_user: bool = True, now: datetime = NOW, **options: Any) -> list[str]:
        plan = Plan(self.landing, now, with_user, lambda: nullcontext(self.raw), LoadOptions(**options))
        return sorted(set(orders.due_customers(plan)))

    def days_asked(self, now: datetime = NOW) -> list[str]:
        plan = Plan(self.landing, now, False, lambda: nullcontext(self.raw))
        return [one.partition["day"] for one in audit.requests(plan)]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Everybody read yesterday, and the feed whole for nine days."""
    made = Desk(tmp_path / "landing")
    made.feed(9)
    made.read(made.customers, NOW - ONE_DAY)
    return made


def test_nobody_is_due_where_nothing_happened(desk: Desk) -> None:
    assert desk.due() == []


def test_of_2000_customers_the_ten_that_the_feed_names_are_due(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "landing", customers=2000)
    desk.feed(3)
    desk.read(desk.customers, NOW - ONE_DAY)
    named = [f"c{number}" for number in range(0, 2000, 200)]
    for customer in named:
        desk.record(customer)
    assert desk.due() == sorted(named)
    assert len(desk.due(sweep=True)) == 2000


def test_a_customer_that_was_never_read_is_due(desk: Desk) -> None:
    desk.raw.execute(f"delete from {RAW}.load_ledger where customer_id = 'c1'")
    assert desk.due() == ["c1"]


@pytest.mark.parametrize(
    ("kind", "status"), [("subscription", "succeeded"), ("order", "failed"), ("order", "progress")]
)
def test_other_resources_and_what_did_not_succeed_are_no_reason(desk: Desk, kind: str, status: str) -> None:
    desk.record("c1", kind=kind, status=status)
    assert desk.due() == []


@pytest.mark.parametrize(("days_back", "is_due"), [(0, True), (2, True), (3, False)])
def test_what_was_done_up_to_the_day_before_the_last_reading_is_looked_at_again(
    desk: Desk, days_back: int, is_due: bool
) -> None:
    desk.record("c1", days_back)
    assert (desk.due() == ["c1"]) is is_due


def test_only_a_charge_that_came_after_the_last_reading_is_a_reason(desk: Desk) -> None:
    desk.charge("c1", NOW - 2 * ONE_DAY)
    desk.charge("c2", NOW)
    assert desk.due() == ["c2"]


def test_a_reading_counts_until_it_is_as_old_as_the_setting_says(desk: Desk) -> None:
    desk.raw.execute(
        f"update {RAW}.load_ledger set checked_at = ? where customer_id = 'c3'",
        [(NOW - 6 * ONE_DAY).replace(tzinfo=None)],
    )
    assert desk.due() == []
    assert desk.due(sweep_after=6 * ONE_DAY) == ["c3"]


@pytest.mark.parametrize("endpoint", ["orders", "entitlements"])
def test_a_failed_attempt_is_a_reason_whichever_of_the_two_it_was(desk: Desk, endpoint: str) -> None:
    """They are read together, so that both show one moment."""
    desk.raw.execute(
        f"update {RAW}.load_ledger set status = 'stale' where endpoint = ? and customer_id = 'c2'", [endpoint]
    )
    assert desk.due() == ["c2"]


def test_the_app_alone_may_not_see_entitlements_which_says_nothing(desk: Desk) -> None:
    desk.raw.execute(f"update {RAW}.load_ledger set status = 'missing' where endpoint = 'entitlements'")
    assert desk.due(with_user=False) == []
    assert desk.due(with_user=True) == desk.customers


def test_everybody_is_due_when_today_is_not_known(desk: Desk) -> None:
    desk.landing.mark_failed("audit_records", {"day": TODAY.isoformat()}, "x", Failure("t", "403"))
    assert desk.due() == desk.customers


def test_a_customer_is_due_when_the_feed_has_a_gap_since_its_reading(desk: Desk) -> None:
    desk.raw.execute(
        f"update {RAW}.load_ledger set checked_at = ? where customer_id = 'c0'",
        [(NOW - 4 * ONE_DAY).replace(tzinfo=None)],
    )
    day = (TODAY - 3 * ONE_DAY).isoformat()
    desk.landing.mark_failed("audit_records", {"day": day}, f"audit_records/{day}", Failure("t", "500"))
    assert desk.due() == ["c0"]


def test_a_day_that_was_read_before_it_was_over_is_a_gap(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "landing")
    desk.feed(9, at=NOW - ONE_DAY)
    desk.read(desk.customers, NOW - ONE_DAY)
    assert desk.due() == desk.customers


def test_days_are_asked_for_up_to_89_back_and_never_further(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "landing")
    assert desk.days_asked() == [], "where today is refused, the others are as well"
    desk.feed(0)
    asked = desk.days_asked()
    assert (len(asked), asked[0], asked[-1]) == (89, "2026-10-13", "2026-07-17")


def test_a_day_is_asked_for_until_it_was_read_a_whole_day_after_its_end(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "landing")
    desk.feed(89)
    assert desk.days_asked() == ["2026-10-13"]
    tomorrow = NOW + ONE_DAY
    desk.land(AUDIT_RECORDS, {"day": tomorrow.date().isoformat()}, {"items": []}, tomorrow)
    assert desk.days_asked(tomorrow) == ["2026-10-14", "2026-10-13"]


def test_the_command_line_says_whether_to_sweep_and_after_how_many_days_anyway(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[LoadOptions] = []

    def instead(*arguments: Any) -> LoadResult:
        taken.append(arguments[-1])
        return LoadResult(0, 0, (), 0)

    monkeypatch.setattr(loading, "load", instead)
    monkeypatch.setattr(load_command, "unread_code", lambda folders, document: 0)
    for name in ("TENANT_ID", "CLIENT_ID", "CLIENT_SECRET"):
        monkeypatch.setenv(f"SOURCES__PARTNER_CENTER__{name}", "sandbox")
    monkeypatch.setenv("RECON_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("RECON_SWEEP_DAYS", "3")
    for arguments in (["load"], ["load", "--sweep"]):
        done = CliRunner().invoke(cli, arguments)
        assert done.exit_code == 0, done.output
    assert [(one.sweep, one.sweep_after.days) for one in taken] == [(False, 3), (True, 3)]
