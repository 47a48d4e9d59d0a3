"""What an analyst has after one run."""

from __future__ import annotations

import csv
import json
from decimal import Decimal

import pytest

from pipelines.sandbox import DEFAULT_CLOCK, World
from tests.end_to_end.desk import Desk, planted_breaks


def test_found_breaks_are_the_planted_ones_no_more_and_no_less(finished: Desk, world: World) -> None:
    assert finished.found_breaks() == planted_breaks(world, DEFAULT_CLOCK)


def test_every_document_ties_out_to_its_buckets(finished: Desk) -> None:
    rows = finished.published(
        "select count(*), count(*) filter (where total_charges is distinct from matched_amount "
        "+ matched_with_break_amount + suggested_amount + timing_amount + unmatched_amount + not_compared_amount "
        "+ out_of_scope_amount + amendment_amount + rounding_amount + unexplained_amount) "
        "from marts.fct_invoices where is_counted"
    )
    assert rows[0][0] > 0
    assert rows[0][1] == 0


def test_the_reservations_behind_an_entitlement_make_up_its_quantity(finished: Desk, world: World) -> None:
    """All of those whose details can be asked for, whichever of the spellings they came in."""
    held = (one for found in world.entitlements.values() for one in found if one.customer.is_listed)
    expected = {
        (one.resource_id, "single" if one.is_single_scope else "shared", one.quantity_at(DEFAULT_CLOCK))
        for one in held
        if one.has_details and one.quantity_at(DEFAULT_CLOCK) > 0
    }
    rows = finished.published(
        "select e.resource_id, r.scope_type, cast(sum(r.quantity) as integer) from marts.fct_reservations r "
        "join marts.fct_entitlements e using (entitlement_id) "
        "where r.effective_at < r.expires_at and e.reservation_type = 'virtualmachines' group by all"
    )
    assert set(rows) == expected
    assert {scope for _, scope, _ in expected} == {"shared", "single"}


def test_marts_hold_no_binary_floats(finished: Desk) -> None:
    rows = finished.published(
        "select table_name, column_name from information_schema.columns where table_schema in "
        "('marts', 'intermediate', 'partner_center_raw') and data_type in ('DOUBLE', 'FLOAT', 'REAL')"
    )
    assert rows == []


def test_the_verdict_is_an_exit_code(finished: Desk) -> None:
    assert finished.recon("check").returncode == 1
    assert finished.recon("check", "--fail-on", "critical").returncode == 1
    assert finished.recon("check", "--period", "1999-01").returncode == 4


def test_a_break_is_explained_down_to_the_bytes(finished: Desk) -> None:
    break_id, order_id = finished.published(
        "select break_id, order_id from marts.fct_breaks where break_code = 'cancelled_not_credited' "
        "order by 1 limit 1"
    )[0]
    told = finished.recon("explain", break_id).stdout
    assert order_id in told
    assert "next step:" in told
    landed = next(line for line in told.splitlines() if "bytes: " in line)
    file = landed.split("bytes: ")[1].split(",")[0]
    assert (finished.data / file).exists()


def test_accruals_and_disputes_are_those_of_the_marts(finished: Desk) -> None:
    """Every amount set aside and every amount asked for can be found in the marts again, per currency."""
    told = finished.recon("accruals")
    assert told.returncode == 0, told.stderr
    with (finished.data / "reports" / "accruals-2026-10.csv").open(newline="") as file:
        journal = list(csv.DictReader(file))
    orders = (
        "select sum(expected_amount) from marts.fct_order_items where timing_code in ('on_unbilled', "
        "'not_yet_invoiced') and charged_currency is null and order_currency = "
    )
    assert {line["currency"] for line in journal} == {"EUR", "GBP", "JPY", "USD"}
    for currency in ("EUR", "GBP", "JPY", "USD"):
        mine = [line for line in journal if line["currency"] == currency]
        assert sum(Decimal(line["debit"] or 0) for line in mine) == sum(Decimal(line["credit"] or 0) for line in mine)
        ordered = [line for line in mine if line["reason"] in ("on_unbilled", "not_yet_invoiced")]
        expense = [line for line in ordered if (line["account"], line["kind"]) == ("expense", "accrual")]
        assert sum(Decimal(line["debit"]) for line in expense) == finished.published(f"{orders}'{currency}'")[0][0]
    done = finished.recon("disputes")
    assert done.returncode == 0, done.stderr
    with next(finished.data.glob("reports/disputes-*/index.csv")).open(newline="") as file:
        named = {row["break_id"] for row in csv.DictReader(file)}
    asked = "select break_id from marts.fct_breaks where is_primary and direction = 'over' and status = 'open'"
    assert named == {row[0] for row in finished.published(asked)}


def test_an_order_is_explained_by_its_alternate_id_as_json(finished: Desk) -> None:
    order_id, alternate_id = finished.published(
        "select order_id, alternate_id from marts.fct_order_items where reconciliation_status = 'break' "
        "and alternate_id is not null order by 1 limit 1"
    )[0]
    told = finished.recon("explain", alternate_id, "--json")
    assert told.returncode == 0, told.stderr
    order = json.loads(told.stdout)["explanations"][0]
    assert order["order_id"] == order_id
    assert (finished.data / order["items"][0]["origin"]["file"]).exists()
    assert order["breaks"]


def test_an_unknown_subject_is_a_usage_error_that_says_where_to_look(finished: Desk) -> None:
    done = finished.recon("explain", "no-such-thing")
    assert done.returncode == 4
    assert "marts.fct_breaks" in done.stderr


def test_sql_reads_and_never_writes(finished: Desk) -> None:
    read = finished.recon("sql", "--format", "json", "select count(*) as n from marts.fct_invoices")
    assert json.loads(read.stdout)["n"] > 0
    assert finished.recon("sql", "drop table marts.fct_invoices").returncode == 4
    assert finished.recon("sql", "copy marts.fct_invoices to '/tmp/x.csv'").returncode == 4


def test_doctor_finds_a_working_place(finished: Desk) -> None:
    told = finished.recon("doctor")
    assert told.returncode == 0, told.stdout
    assert "sandbox-secret" not in told.stdout + told.stderr


@pytest.mark.parametrize("secret", ["sandbox-secret", "sandbox-refresh"])
def test_no_secret_is_written_to_the_data_directory_but_the_rotated_token(finished: Desk, secret: str) -> None:
    for path in finished.data.rglob("*"):
        if path.is_file() and path.name != "refresh_token":
            assert secret.encode() not in path.read_bytes(), path


def test_everything_written_is_readable_by_its_owner_only(finished: Desk) -> None:
    for path in finished.data.rglob("*"):
        assert path.is_symlink() or not path.stat().st_mode & 0o077, path
