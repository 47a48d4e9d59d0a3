"""Whatever stops a run, the next one makes it good, and what was published stays until then."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from pipelines.sandbox import DEFAULT_CLOCK, Faults, World
from pipelines.warehouse import Folders, exclusive_run
from tests.end_to_end.desk import MARTS, Desk, copy_of, open_desk, planted_breaks


def digest(desk: Desk) -> str:
    return hashlib.sha256((desk.data / "published" / "warehouse.duckdb").read_bytes()).hexdigest()


def test_a_run_killed_at_any_moment_is_made_good_by_the_next(finished: Desk, world: World, tmp_path: Path) -> None:
    with open_desk(world, tmp_path) as desk:
        moments = [1.2, 2.0, 2.8, 3.6, 4.5, 6.0, 8.0, 10.5]
        killed = [desk.kill_after(seconds) for seconds in moments]
        assert any(killed)
        done = desk.recon("run")
        assert done.returncode == 0, done.stdout + done.stderr
        assert desk.marts() == finished.marts()


def test_a_run_without_news_publishes_nothing_and_asks_for_no_lines(
    finished: Desk, world: World, tmp_path: Path
) -> None:
    with open_desk(world, copy_of(finished, tmp_path)) as desk:
        before = digest(desk), os.readlink(desk.data / "published" / "warehouse.duckdb")
        later = desk.at(DEFAULT_CLOCK + timedelta(minutes=5))
        calls_before = desk.calls("lineitems")
        done = later.recon("run")
        assert done.returncode == 0, done.stdout + done.stderr
        assert "nothing new" in done.stdout
        assert (digest(desk), os.readlink(desk.data / "published" / "warehouse.duckdb")) == before
        assert desk.calls("lineitems") == calls_before


def test_a_failed_run_leaves_the_published_file_as_it_was(finished: Desk, world: World, tmp_path: Path) -> None:
    with open_desk(world, copy_of(finished, tmp_path)) as desk:
        before = digest(desk)
        refused = desk.recon("run", SOURCES__PARTNER_CENTER__CLIENT_SECRET="wrong-secret-value")
        assert refused.returncode == 3
        assert "wrong-secret-value" not in refused.stdout + refused.stderr
        desk.switch(Faults(server_error_every=1, burst=99))
        down = desk.recon("run", SOURCES__PARTNER_CENTER__RETRY_MAX_WAIT_SECONDS="0")
        assert down.returncode == 3, down.stdout + down.stderr
        desk.switch(Faults(foreign_next_link=True))
        astray = desk.recon("run")
        assert astray.returncode == 3, astray.stdout + astray.stderr
        assert digest(desk) == before


def test_the_database_can_be_made_again_from_the_landing_alone(finished: Desk, world: World, tmp_path: Path) -> None:
    with open_desk(world, copy_of(finished, tmp_path)) as desk:
        # Nothing but what the API sent is left.
        for derived in ("build", "published", "history"):
            shutil.rmtree(desk.data / derived)
        again = desk.recon("load", "--rebuild")
        assert again.returncode == 0, again.stdout + again.stderr
        assert desk.calls() == 0
        assert desk.recon("run").returncode == 0
        assert desk.marts() == finished.marts()


def test_loading_month_by_month_ends_where_loading_in_one_go_ends(
    finished: Desk, world: World, tmp_path: Path
) -> None:
    moments = [datetime(2026, 8, 12, tzinfo=UTC), datetime(2026, 9, 12, tzinfo=UTC), DEFAULT_CLOCK]
    with open_desk(world, tmp_path, clock=moments[0]) as desk:
        for moment in moments:
            now = desk.at(moment)
            done = now.recon("run")
            assert done.returncode == 0, done.stdout + done.stderr
            found, planted = Counter(now.found_breaks()), Counter(planted_breaks(world, moment))
            # The change feed dates cancellations, so who reads each month and who reads once agree at every moment.
            assert found == planted
        for name in MARTS:
            # Who read before the reduction knows its day; who reads once may have to assume it.
            without = frozenset({"reduced_at", "is_reduction_assumed", "due_at", "explanation"})
            if name != "fct_balances":  # each reading is a row
                assert now.mart(name, without) == finished.mart(name, without), name
        matured = now.published(
            "with events as (select break_id, event, event_at from recon_memory.break_log union all "
            "select break_id, event, event_at from intermediate.int_break_events) "
            "select distinct found.break_code, found.first_seen_at from marts.fct_breaks as found "
            "join events using (break_id) where event = 'opened' and found.first_seen_at < event_at"
        )
        # What was awaited in one month is a break in the next, first seen when the waiting began.
        assert {code for code, _ in matured} == {"quantity_charged_vs_ordered"}
        assert {seen_at for _, seen_at in matured} <= {moment.replace(tzinfo=None) for moment in moments[:2]}


def test_a_break_comes_and_goes_with_its_id_a_closed_month_stays_and_each_day_can_be_asked_for(
    world: World, tmp_path: Path
) -> None:
    """A month closed on the second day is told from what it became by the third, two weeks later.

    On the third day the second is asked for: its marts are those that were published then, memory and all.
    """
    query = (
        "select break_id, status, cast(first_seen_at as date) from marts.fct_breaks where break_code = 'not_compared'"
    )
    first_day, second_day, third_day = (DEFAULT_CLOCK + timedelta(days=days) for days in (0, 1, 15))
    with open_desk(world, tmp_path) as desk:
        forbidden = Faults(forbidden_orders=tuple(sorted(_charged_customers(world))[:1]))
        desk.switch(forbidden)
        assert desk.at(first_day).recon("run").returncode == 6
        opened = desk.published(query)
        assert {row[1] for row in opened} == {"open"}
        desk.switch(Faults())
        assert desk.at(second_day).recon("run").returncode == 0
        resolved = desk.published(query)
        assert {row[1] for row in resolved} == {"resolved"}
        assert desk.at(second_day).recon("close", "2026-10").returncode == 4
        closing = desk.at(second_day).recon("close", "2026-10", "--with-open-breaks", "disputed in one letter")
        assert closing.returncode == 0, closing.stdout + closing.stderr
        desk.switch(forbidden)
        later = desk.at(third_day).recon("run", "--sweep")
        assert later.returncode == 6, later.stdout + later.stderr
        assert {line.split()[0] for line in later.stdout.splitlines() if "differ from the closed ones" in line} >= {
            "JPY",
            "USD",
        }
        changed = [row for row in desk.found_breaks() if row[0] == "closed_invoice_restated"]
        assert changed == planted_breaks(world, third_day, read_at=first_day, code="closed_invoice_restated")
        reopened = desk.published(query)
        assert {row[1] for row in reopened} == {"reopened"}
        assert {row[0] for row in opened} == {row[0] for row in resolved} == {row[0] for row in reopened}
        assert {row[2] for row in reopened} == {first_day.date()}
        published, calls = digest(desk), desk.calls()
        second = second_day.isoformat()
        enquiry = desk.recon("run", RECON_AS_OF=second, SOURCES__PARTNER_CENTER__CLIENT_ID="")
        assert enquiry.returncode == 0, enquiry.stdout + enquiry.stderr
        assert enquiry.stdout.startswith("an enquiry as of 2026-10-15 ")
        assert (digest(desk), desk.calls()) == (published, calls)
        folders = Folders(desk.data)
        assert differing_marts(folders.enquiry(second_day), folders.generations / "warehouse-000002.duckdb") == {}
        count = "select count(*) as n from marts.fct_breaks where break_code = 'not_compared' and status = 'resolved'"
        told = desk.recon("sql", "--as-of", second, "--format", "json", count)
        assert json.loads(told.stdout)["n"] == len(opened)


def differing_marts(one: Path, other: Path) -> dict[str, int]:
    """Rows that only one of two databases has, by mart."""
    with duckdb.connect() as connection:
        for name, file in (("one", one), ("other", other)):
            connection.execute(f"attach '{file}' as {name} (read_only)")
        names = connection.execute(
            "select table_name from duckdb_tables() where database_name = 'other' and schema_name = 'marts'"
        ).fetchall()
        assert len(names) > len(MARTS)
        found = {}
        for (name,) in names:
            sides = [f"(from one.marts.{name} except all from other.marts.{name})"]
            sides.append(f"(from other.marts.{name} except all from one.marts.{name})")
            row = connection.execute(f"select count(*) from ({' union all '.join(sides)})").fetchone()
            if row and row[0]:
                found[name] = row[0]
    return found


def _charged_customers(world: World) -> set[str]:
    return {
        planted.customer_id
        for planted in world.truth(DEFAULT_CLOCK)
        if planted.customer_id and planted.break_code == "quantity_charged_vs_ordered"
    }


def test_a_second_run_on_the_same_directory_says_who_holds_it(world: World, tmp_path: Path) -> None:
    with open_desk(world, tmp_path) as desk:
        folders = Folders(desk.data)
        folders.make()
        with exclusive_run(folders, "load"):
            held = desk.recon("run")
        assert held.returncode == 5
        assert "recon load" in held.stderr


def test_an_app_only_sign_in_reconciles_nothing_and_says_so(world: World, tmp_path: Path) -> None:
    with open_desk(world, tmp_path) as desk:
        done = desk.recon("run", SOURCES__PARTNER_CENTER__REFRESH_TOKEN="")
        assert done.returncode == 6, done.stdout + done.stderr
        assert "app-only" in done.stdout
        assert desk.recon("check").returncode == 2


def test_a_directory_with_another_partners_data_is_refused(world: World, tmp_path: Path) -> None:
    with open_desk(world, tmp_path) as desk:
        assert desk.recon("load", "customers").returncode == 0
        done = desk.recon("load", SOURCES__PARTNER_CENTER__TENANT_ID="another")
        assert done.returncode == 4
        assert "RECON_DATA_DIR" in done.stderr
