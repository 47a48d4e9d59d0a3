"""The same business through another wire gives the same marts, row for row.

What is built of the same tables is the same, so each wire is loaded by the program and built without dbt.
"""

from __future__ import annotations

from pathlib import Path

from pipelines.sandbox import Faults, World
from tests.dbt.compiled_models import CompiledModels
from tests.end_to_end.desk import MARTS, Desk, ledger_of, open_desk

EVERY_PASSING_FAULT = Faults(
    throttle_every=31,
    server_error_every=29,
    reset_every=41,
    short_body_every=43,
    truncated_json_every=47,
    duplicate_key_every=37,
    nan_every=59,
    slow_every=53,
    expire_tokens_after=60,
    refuse_continuations=1,
)


def test_a_plain_wire_gives_the_same_marts(
    finished: Desk, world: World, models: CompiledModels, tmp_path: Path
) -> None:
    with open_desk(world, tmp_path, quirks=False) as desk:
        done = desk.recon("load")
        assert done.returncode == 0, done.stdout + done.stderr
        desk.build(models)
        assert desk.marts() == finished.marts()


def test_lines_from_v1_give_the_marts_that_exports_give(
    finished: Desk, world: World, models: CompiledModels, tmp_path: Path
) -> None:
    api = (
        "select string_agg(distinct source_api, ',') from marts.fct_invoice_lines where billing_provider = 'onetime'"
    )
    without = frozenset({"source_api"})
    with open_desk(world, tmp_path) as desk:
        done = desk.recon("load", SOURCES__PARTNER_CENTER__LINE_ITEMS_API="v1")
        assert done.returncode == 0, done.stdout + done.stderr
        desk.build(models)
        assert (finished.published(api), desk.published(api)) == ([("graph",)], [("v1",)])
        for name in MARTS:
            assert desk.mart(name, without) == finished.mart(name, without), name


def test_passing_faults_cost_time_and_never_a_row(
    finished: Desk, world: World, models: CompiledModels, tmp_path: Path
) -> None:
    with open_desk(world, tmp_path, faults=EVERY_PASSING_FAULT) as desk:
        done = desk.recon("load")
        assert done.returncode == 0, done.stdout + done.stderr
        desk.build(models)
        assert desk.marts() == finished.marts()


def test_a_customer_who_cannot_be_read_is_named_and_all_others_are_compared(
    finished: Desk, world: World, tmp_path: Path
) -> None:
    customer_id = finished.published(
        "select customer_id from marts.fct_invoice_lines where bucket = 'matched' "
        "group by customer_id order by count(*) desc, customer_id limit 1"
    )[0][0]
    with open_desk(world, tmp_path, faults=Faults(forbidden_orders=(customer_id,))) as desk:
        done = desk.recon("run")
        assert done.returncode == 6, done.stdout + done.stderr
        assert f"orders/{customer_id}" in done.stdout
        assert [row["id"] for row in ledger_of(desk)] == [f"orders/{customer_id}"]
        for name in ("fct_order_lines", "fct_entitlements", "fct_reservations", "dim_customers"):
            assert [row for row in desk.mart(name) if customer_id not in row] == [
                row for row in finished.mart(name) if customer_id not in row
            ], name
        # The other customers' lines are as they were; this one's charges say that nothing was compared.
        lines = [row for row in desk.mart("fct_invoice_lines") if customer_id not in row]
        assert lines == [row for row in finished.mart("fct_invoice_lines") if customer_id not in row]
        buckets = desk.published(
            "select distinct bucket from marts.fct_invoice_lines "
            f"where customer_id = '{customer_id}' and line_class = 'one_time' and bucket <> 'not_counted'"
        )
        assert buckets == [("not_compared",)]
        codes = desk.published(
            f"select distinct break_code from marts.fct_breaks where customer_id = '{customer_id}' "
            "and grain in ('customer', 'order_item', 'charge_group')"
        )
        assert codes == [("not_compared",)]


def test_prices_that_may_not_be_seen_are_left_out_and_the_orders_still_read(
    world: World, models: CompiledModels, tmp_path: Path
) -> None:
    with open_desk(world, tmp_path, faults=Faults(refuse_prices=True)) as desk:
        done = desk.recon("load")
        assert done.returncode == 0, done.stdout + done.stderr
        desk.build(models)
        assert desk.published("select count(*), count(extended_amount) from marts.fct_order_lines")[0][1] == 0
        codes = {row[0] for row in desk.published("select break_code from marts.fct_breaks")}
        assert "price_charged_vs_ordered" not in codes
        assert "quantity_charged_vs_ordered" in codes
